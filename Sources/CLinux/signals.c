#define _GNU_SOURCE
#include "CLinuxSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

static void tell(int number) {
  int error = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds enough of them already.
  ssize_t ignored = write(ends[1], &byte, 1);
  (void)ignored;
  errno = error;
}

int clinux_hear_signals(const int *numbers, int count) {
  if (ends[0] < 0 && pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
  struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  sigset_t heard;
  sigemptyset(&heard);
  for (int i = 0; i < count; i++) {
    sigaction(numbers[i], &action, NULL);
    sigaddset(&heard, numbers[i]);
  }
  // Whoever started the program may have blocked them.
  pthread_sigmask(SIG_UNBLOCK, &heard, NULL);
  return ends[0];
}
