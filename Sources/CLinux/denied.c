#define _GNU_SOURCE
#include "CLinuxDenied.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Each makes its call so that it fails, or changes nothing: a seccomp filter decides before the kernel looks at arguments. A
// descriptor of -1 and an empty path are wrong for all of them, and no reason for EPERM or ENOSYS.

static void *do_nothing(void *unused) { return unused; }

static int try_thread(void) {
  pthread_t thread;
  int error = pthread_create(&thread, NULL, do_nothing, NULL);
  if (!error) pthread_join(thread, NULL);
  errno = error;
  return error ? -1 : 0;
}

static int closing(int fd) { return fd < 0 ? -1 : close(fd); }

static int try_epoll_create(void) { return closing(epoll_create1(EPOLL_CLOEXEC)); }
static int try_epoll_ctl(void) {
  struct epoll_event event = {0};
  return epoll_ctl(-1, EPOLL_CTL_ADD, -1, &event);
}
static int try_epoll_wait(void) {
  struct epoll_event event;
  return epoll_wait(-1, &event, 1, 0);
}
static int try_eventfd(void) { return closing(eventfd(0, EFD_CLOEXEC)); }
static int try_poll(void) { return poll(NULL, 0, 0); }
static int try_signalfd(void) {
  sigset_t none;
  sigemptyset(&none);
  return closing(signalfd(-1, &none, SFD_CLOEXEC));
}
static int try_getdents(void) {
  char room[1];
  return (int)getdents64(-1, room, 0);
}
static int try_readlink(void) {
  char room[1];
  return (int)readlinkat(-1, "", room, sizeof room);
}
static int try_access(void) { return access("", W_OK); }
static int try_mkdir(void) { return mkdir("", 0); }
static int try_chmod(void) { return chmod("", 0); }
static int try_fchmod(void) { return fchmod(-1, 0); }
static int try_rename(void) { return rename("", ""); }
static int try_renameat(void) { return renameat(-1, "", -1, ""); }
static int try_socket(void) { return closing(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
static int try_bind(void) { return bind(-1, NULL, 0); }
static int try_listen(void) { return listen(-1, 0); }
static int try_accept(void) { return accept4(-1, NULL, NULL, SOCK_CLOEXEC); }
static int try_connect(void) { return connect(-1, NULL, 0); }
static int try_getsockopt(void) {
  int value;
  socklen_t size = sizeof value;
  return getsockopt(-1, SOL_SOCKET, SO_ERROR, &value, &size);
}
static int try_sendmsg(void) { return (int)sendmsg(-1, &(struct msghdr){0}, 0); }
static int try_recvmsg(void) { return (int)recvmsg(-1, &(struct msghdr){0}, 0); }

// Newer architectures have only the more general call.
#ifdef SYS_poll
#define EITHER(old, general) old
#else
#define EITHER(old, general) general
#endif

// The names of the kernel, which profiles spell; those that any command needs come first.
static const struct {
  const char *name;
  int (*call)(void);
  enum clinux_purpose purpose;
} calls[] = {
    {"epoll_create1", try_epoll_create, clinux_purpose_command},
    {"epoll_ctl", try_epoll_ctl, clinux_purpose_command},
    {EITHER("epoll_wait", "epoll_pwait"), try_epoll_wait, clinux_purpose_command},
    {"eventfd2", try_eventfd, clinux_purpose_command},
    {"clone3", try_thread, clinux_purpose_command},
    {"getdents64", try_getdents, clinux_purpose_command},
    {"readlinkat", try_readlink, clinux_purpose_command},
    {EITHER("poll", "ppoll"), try_poll, clinux_purpose_daemon},
    {"signalfd4", try_signalfd, clinux_purpose_daemon},
    {EITHER("access", "faccessat"), try_access, clinux_purpose_daemon},
    {EITHER("mkdir", "mkdirat"), try_mkdir, clinux_purpose_daemon},
    {EITHER("chmod", "fchmodat"), try_chmod, clinux_purpose_daemon},
    {"fchmod", try_fchmod, clinux_purpose_daemon},
    {EITHER("rename", "renameat"), try_rename, clinux_purpose_daemon},
    {"renameat", try_renameat, clinux_purpose_daemon},
    {"socket", try_socket, clinux_purpose_daemon},
    {"bind", try_bind, clinux_purpose_daemon},
    {"listen", try_listen, clinux_purpose_daemon},
    {"accept4", try_accept, clinux_purpose_daemon},
    {"connect", try_connect, clinux_purpose_daemon},
    {"getsockopt", try_getsockopt, clinux_purpose_daemon},
    {"sendmsg", try_sendmsg, clinux_purpose_daemon},
    {"recvmsg", try_recvmsg, clinux_purpose_daemon},
};

const char *clinux_denied_call(enum clinux_purpose purpose, int *error) {
  for (size_t place = 0; place < sizeof calls / sizeof *calls; place++) {
    if (calls[place].purpose > purpose) continue;
    errno = 0;
    if (calls[place].call() < 0 && (errno == EPERM || errno == ENOSYS)) {
      *error = errno;
      return calls[place].name;
    }
  }
  return NULL;
}
