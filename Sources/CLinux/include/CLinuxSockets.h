#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// A stream socket of the AF_UNIX family, non-blocking and closed on exec.
int clinux_unix_socket(void);

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener);

/// The peer's user and process, as the kernel recorded them at connect (SO_PEERCRED).
int clinux_peer_credentials(int socket, uid_t *user, pid_t *process);

/// An event counter, non-blocking and closed on exec.
int clinux_event_create(void);
/// Makes the counter readable.
int clinux_event_signal(int event);
/// Makes the counter unreadable again.
int clinux_event_clear(int event);

/// What a watched descriptor is watched for; hang-up and error are always reported.
enum clinux_interest {
  clinux_interest_hangup = 0,
  clinux_interest_readable = 1,
};

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, enum clinux_interest interest, uint64_t token);
int clinux_epoll_change(int epoll, int fd, enum clinux_interest interest, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
/// The tokens of at most `capacity` descriptors that are ready; 0 when `timeout_ms` (-1 = none) has passed.
int clinux_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_ms);

/// Tries out what it takes to wait for anything: an epoll with an event counter in it, and a dozen descriptors more. 0,
/// or the errno of what failed.
int clinux_waiting_error(void);

/// Names the calling thread (at most 15 bytes) and blocks every signal on it: signals belong to the program's own
/// thread.
void clinux_enter_service_thread(const char *name);
