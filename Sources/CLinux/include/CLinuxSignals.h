#pragma once

/// Signals as what a descriptor reads; see signalfd(2).
///
/// Non-blocking and closed on exec; -1 and errno on failure. The signals are blocked on the calling
/// thread and on those that it starts from now on: call it before there is another.
int clinux_hear_signals(const int *numbers, int count);

/// The number of a signal that has come since; 0 when there is none.
int clinux_next_signal(int fd);

/// 1 when the process ignores the signal.
int clinux_is_ignored(int number);
