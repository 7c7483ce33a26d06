#define _GNU_SOURCE
#include "CLinuxSignals.h"

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int clinux_hear_signals(const int *numbers, int count) {
  sigset_t heard;
  sigemptyset(&heard);
  for (int i = 0; i < count; i++) sigaddset(&heard, numbers[i]);
  int fd = signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC);
  // Not earlier: until the descriptor exists, a signal must end the process as usual.
  if (fd >= 0) pthread_sigmask(SIG_BLOCK, &heard, NULL);
  return fd;
}

int clinux_next_signal(int fd) {
  struct signalfd_siginfo signal;
  return read(fd, &signal, sizeof signal) == (ssize_t)sizeof signal ? (int)signal.ssi_signo : 0;
}

int clinux_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}
