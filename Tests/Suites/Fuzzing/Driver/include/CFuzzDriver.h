#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop: calls `target` with one input after another until its options say that it is enough.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*target)(const uint8_t *data, size_t size));
