// Preloaded into a program that uses libnl, this makes its generic netlink sockets speak to another process instead
// of the kernel: the one that is bound to the port in DEVICEPOOL_TEST_NETLINK_PEER. Everything else of the program,
// its messages, its descriptors and its checks of who answers, stays as it is.
//
//   cc -shared -fPIC -o netlink-peer.so netlink-peer.c
//   DEVICEPOOL_TEST_NETLINK_PEER=21845 LD_PRELOAD=./netlink-peer.so devicepool …
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

struct nl_sock;

// Declared here rather than included, so that the tests need no header packages.
static const int netlink_generic = 16;

int nl_connect(struct nl_sock *socket, int protocol) {
  int (*connect)(struct nl_sock *, int) = (int (*)(struct nl_sock *, int))dlsym(RTLD_NEXT, "nl_connect");
  void (*set_peer)(struct nl_sock *, uint32_t) =
      (void (*)(struct nl_sock *, uint32_t))dlsym(RTLD_NEXT, "nl_socket_set_peer_port");
  const char *port = getenv("DEVICEPOOL_TEST_NETLINK_PEER");
  if (!connect || !set_peer) abort();
  int code = connect(socket, protocol);
  int error = errno;
  if (code == 0 && protocol == netlink_generic && port) set_peer(socket, (uint32_t)strtoul(port, NULL, 0));
  errno = error;
  return code;
}
