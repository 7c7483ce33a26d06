// Preloaded into the daemon: makes calls fail, cuts reads and writes short, kills the process, or moves its wall clock.
//
// The harness and this file share DEVICEPOOL_FAULTS, a file of `struct control`; whatever is written there holds from the
// next call on.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
#define CALL(name, number) call_##name = number,
#include "calls.def"
#undef CALL
};

enum action { action_fail = 1, action_short = 2, action_kill = 3 };

struct control {
  _Atomic uint64_t calls;   // the calls meant, a bit each
  _Atomic int32_t action;   // 0: leave everything as it is
  _Atomic int32_t error;    // of action_fail; the signal of action_kill
  _Atomic int32_t skipped;  // let that many through first
  _Atomic int32_t count;    // then act that often; below 0: always
  _Atomic int64_t clock;    // seconds that the wall clock is moved by
  _Atomic uint32_t hits;    // how often something was done
  _Atomic uint32_t reserved;
  char path[256];           // only on paths that hold this text; empty: on any
  _Atomic uint32_t seen[64];  // calls made, by number
};

static struct control nothing;
static struct control *control = &nothing;

static void *real(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) abort();
  return function;
}

#define REAL(name) \
  static __typeof__(&name) real_##name; \
  if (!real_##name) real_##name = (__typeof__(&name))real(#name)

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("DEVICEPOOL_FAULTS");
  if (!path) return;
  REAL(open);
  int file = real_open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (shared == MAP_FAILED) abort();
  control = shared;
}

/// What to do with this call: 0 for nothing.
static int decide(int call, const char *path) {
  // Swift's thread pool traps when it can't look at its own threads, in about one of ten starts; see README.md.
  if (path && strncmp(path, "/proc/", 6) == 0 && strstr(path, "/task/")) return 0;
  atomic_fetch_add(&control->seen[call], 1);
  int action = atomic_load(&control->action);
  if (!action || !(atomic_load(&control->calls) >> call & 1)) return 0;
  if (control->path[0] && !(path && strstr(path, control->path))) return 0;
  if (atomic_load(&control->skipped) > 0 && atomic_fetch_sub(&control->skipped, 1) > 0) return 0;
  if (atomic_load(&control->count) >= 0 && atomic_fetch_sub(&control->count, 1) <= 0) return 0;
  atomic_fetch_add(&control->hits, 1);
  if (action == action_kill) kill(getpid(), atomic_load(&control->error));
  return action;
}

/// Returns from the caller when the call is to fail.
#define FAIL(call, path) \
  if (decide(call_##call, path) == action_fail) { \
    errno = atomic_load(&control->error); \
    return -1; \
  }

/// The same for calls that may also be cut short.
#define FAIL_OR_CUT(call, size) \
  switch (decide(call_##call, NULL)) { \
  case action_fail: errno = atomic_load(&control->error); return -1; \
  case action_short: if (size > 1) size = 1; break; \
  }

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  FAIL(open, path);
  REAL(open);
  return real_open(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  FAIL(openat, path);
  REAL(openat);
  return real_openat(directory, path, flags, mode);
}

ssize_t read(int file, void *buffer, size_t size) {
  FAIL_OR_CUT(read, size);
  REAL(read);
  return real_read(file, buffer, size);
}

ssize_t write(int file, const void *buffer, size_t size) {
  // Its log is how the daemon says what is wrong.
  if (file != STDERR_FILENO) FAIL_OR_CUT(write, size);
  REAL(write);
  return real_write(file, buffer, size);
}

ssize_t send(int file, const void *buffer, size_t size, int flags) {
  FAIL_OR_CUT(send, size);
  REAL(send);
  return real_send(file, buffer, size, flags);
}

ssize_t recv(int file, void *buffer, size_t size, int flags) {
  FAIL_OR_CUT(recv, size);
  REAL(recv);
  return real_recv(file, buffer, size, flags);
}

ssize_t recvfrom(int file, void *restrict buffer, size_t size, int flags, __SOCKADDR_ARG address,
                 socklen_t *restrict length) {
  FAIL(recvfrom, NULL);
  REAL(recvfrom);
  return real_recvfrom(file, buffer, size, flags, address, length);
}

/// One byte of a message: more than one would have to be taken out of it.
static struct msghdr cut(const struct msghdr *message, struct iovec *first) {
  struct msghdr shorter = *message;
  if (message->msg_iovlen > 0) {
    *first = message->msg_iov[0];
    if (first->iov_len > 1) first->iov_len = 1;
    shorter.msg_iov = first;
    shorter.msg_iovlen = 1;
  }
  return shorter;
}

/// Datagrams (netlink) would lose their rest.
static int is_stream(int file) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
  REAL(sendmsg);
  int action = decide(call_sendmsg, NULL);
  if (action == action_fail) {
    errno = atomic_load(&control->error);
    return -1;
  }
  if (action != action_short || !is_stream(file)) return real_sendmsg(file, message, flags);
  struct iovec first;
  struct msghdr shorter = cut(message, &first);
  return real_sendmsg(file, &shorter, flags);
}

ssize_t recvmsg(int file, struct msghdr *message, int flags) {
  REAL(recvmsg);
  int action = decide(call_recvmsg, NULL);
  if (action == action_fail) {
    errno = atomic_load(&control->error);
    return -1;
  }
  if (action != action_short || !is_stream(file)) return real_recvmsg(file, message, flags);
  struct iovec first;
  struct msghdr shorter = cut(message, &first);
  return real_recvmsg(file, &shorter, flags);
}

#define STAND_IN(result, name, path, parameters, arguments) \
  result name parameters { \
    FAIL(name, path); \
    REAL(name); \
    return real_##name arguments; \
  }

STAND_IN(int, rename, to, (const char *from, const char *to), (from, to))
/// The same calls to whoever asks for their failure.
int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  FAIL(rename, to);
  REAL(renameat);
  return real_renameat(from_directory, from, to_directory, to);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
  FAIL(rename, to);
  REAL(renameat2);
  return real_renameat2(from_directory, from, to_directory, to, flags);
}

STAND_IN(int, unlink, path, (const char *path), (path))

int unlinkat(int directory, const char *path, int flags) {
  FAIL(unlink, path);
  REAL(unlinkat);
  return real_unlinkat(directory, path, flags);
}

STAND_IN(int, bind, NULL, (int file, __CONST_SOCKADDR_ARG address, socklen_t length), (file, address, length))
STAND_IN(int, listen, NULL, (int file, int backlog), (file, backlog))
STAND_IN(int, accept4, NULL, (int file, __SOCKADDR_ARG address, socklen_t *restrict length, int flags),
         (file, address, length, flags))
STAND_IN(int, connect, NULL, (int file, __CONST_SOCKADDR_ARG address, socklen_t length), (file, address, length))
STAND_IN(int, socket, NULL, (int domain, int type, int protocol), (domain, type, protocol))
STAND_IN(int, inotify_init1, NULL, (int flags), (flags))
STAND_IN(int, inotify_add_watch, path, (int file, const char *path, uint32_t mask), (file, path, mask))
STAND_IN(int, epoll_create1, NULL, (int flags), (flags))
STAND_IN(int, epoll_wait, NULL, (int epoll, struct epoll_event *events, int count, int timeout),
         (epoll, events, count, timeout))
STAND_IN(int, eventfd, NULL, (unsigned int value, int flags), (value, flags))
STAND_IN(int, signalfd, NULL, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
STAND_IN(int, mkdir, path, (const char *path, mode_t mode), (path, mode))
STAND_IN(int, chmod, path, (const char *path, mode_t mode), (path, mode))
STAND_IN(int, fsync, NULL, (int file), (file))
STAND_IN(int, fchmod, NULL, (int file, mode_t mode), (file, mode))
STAND_IN(ssize_t, getdents64, NULL, (int file, void *buffer, size_t size), (file, buffer, size))
STAND_IN(ssize_t, readlinkat, path,
         (int directory, const char *restrict path, char *restrict buffer, size_t size), (directory, path, buffer, size))
STAND_IN(int, lstat, path, (const char *restrict path, struct stat *restrict status), (path, status))
STAND_IN(int, stat, path, (const char *restrict path, struct stat *restrict status), (path, status))
STAND_IN(int, pipe2, NULL, (int ends[2], int flags), (ends, flags))
STAND_IN(int, flock, NULL, (int file, int operation), (file, operation))

int epoll_ctl(int epoll, int operation, int file, struct epoll_event *event) {
  // Only what takes memory can fail for want of it.
  if (operation == EPOLL_CTL_ADD) FAIL(epoll_ctl, NULL);
  REAL(epoll_ctl);
  return real_epoll_ctl(epoll, operation, file, event);
}

int posix_spawn(pid_t *process, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const words[], char *const environment[]) {
  // The error is what it returns.
  if (decide(call_posix_spawn, path) == action_fail) return atomic_load(&control->error);
  REAL(posix_spawn);
  return real_posix_spawn(process, path, actions, attributes, words, environment);
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*body)(void *),
                   void *restrict argument) {
  if (decide(call_pthread_create, NULL) == action_fail) return atomic_load(&control->error);
  REAL(pthread_create);
  return real_pthread_create(thread, attributes, body, argument);
}

int fcntl(int file, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  // Only those that make descriptors: others fail for programmers' reasons.
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) FAIL(fcntl, NULL);
  REAL(fcntl);
  return real_fcntl(file, command, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(clock_gettime);
  int result = real_clock_gettime(clock, time);
  // Nobody can set the others.
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += atomic_load(&control->clock);
    atomic_fetch_add(&control->seen[call_clock_gettime], 1);
  }
  return result;
}

time_t time(time_t *result) {
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
