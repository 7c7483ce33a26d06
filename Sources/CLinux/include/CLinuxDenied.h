#pragma once

/// What system calls are needed for.
enum clinux_purpose {
  /// Reading a host.
  clinux_purpose_command,
  /// Serving its devices, which needs what a command needs too.
  clinux_purpose_daemon,
};

/// The name of a needed system call that this process may not make, because a seccomp profile denies it or the kernel does
/// not have it; its errno is stored to `error`. NULL when all are allowed.
const char *clinux_denied_call(enum clinux_purpose purpose, int *error);
