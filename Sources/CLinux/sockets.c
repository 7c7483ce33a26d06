#define _GNU_SOURCE
#include "CLinuxSockets.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int clinux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int clinux_peer_credentials(int fd, uid_t *user, pid_t *process) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *user = peer.uid;
  *process = peer.pid;
  return 0;
}

int clinux_event_create(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
int clinux_event_signal(int event) { return eventfd_write(event, 1); }
int clinux_event_clear(int event) {
  eventfd_t value;
  return eventfd_read(event, &value);
}

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, enum clinux_interest interest, uint64_t token) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = interest == clinux_interest_readable ? EPOLLIN : 0;
  event.data.u64 = token;
  return epoll_ctl(epoll, operation, fd, &event);
}

int clinux_epoll_add(int epoll, int fd, enum clinux_interest interest, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, interest, token);
}

int clinux_epoll_change(int epoll, int fd, enum clinux_interest interest, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, interest, token);
}

int clinux_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

int clinux_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_ms) {
  struct epoll_event events[32];
  int most = (int)(sizeof events / sizeof *events);
  int ready = epoll_wait(epoll, events, capacity < most ? capacity : most, timeout_ms);
  for (int i = 0; i < ready; i++) tokens[i] = events[i].data.u64;
  return ready;
}

// What gRPC's core, the two loops and a first connection take.
enum { waiting_descriptors = 12 };

int clinux_waiting_error(void) {
  int epoll = clinux_epoll_create();
  int error = epoll < 0 ? errno : 0;
  int event = error ? -1 : clinux_event_create();
  if (!error && event < 0) error = errno;
  if (!error && clinux_epoll_add(epoll, event, clinux_interest_readable, 0) != 0) error = errno;
  int more[waiting_descriptors], count = 0;
  while (!error && count < waiting_descriptors) {
    if ((more[count] = fcntl(event, F_DUPFD_CLOEXEC, 0)) < 0) error = errno;
    else count++;
  }
  while (count > 0) close(more[--count]);
  if (event >= 0) close(event);
  if (epoll >= 0) close(epoll);
  return error;
}

void clinux_enter_service_thread(const char *name) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  pthread_setname_np(pthread_self(), name);
}
