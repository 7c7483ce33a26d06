#pragma once

#include <stdint.h>

/// Wakes one waiting thread, by a condition variable on CLOCK_MONOTONIC: it needs no descriptor, and a clock that is set
/// does not move it.
typedef struct clinux_bell clinux_bell;

clinux_bell *clinux_bell_create(void);
void clinux_bell_destroy(clinux_bell *bell);

/// The next wait, or the one that goes on, ends; several rings before it are one.
void clinux_bell_ring(clinux_bell *bell);

/// Waits for a ring for at most so many nanoseconds, negative: for ever. May end early.
void clinux_bell_wait(clinux_bell *bell, int64_t nanoseconds);
