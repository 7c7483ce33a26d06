#pragma once

/// A signal by its number, written as one byte into a pipe whenever it comes; see signal-safety(7).
///
/// The reading end of the pipe, non-blocking and closed on exec, for all signals asked for; the same at each call. -1 and
/// errno when there is no pipe to be had. The calling thread takes them: let it be the program's first.
int clinux_hear_signals(const int *numbers, int count);
