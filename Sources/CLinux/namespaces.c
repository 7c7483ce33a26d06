#define _GNU_SOURCE
#include "CLinuxNamespaces.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

_Static_assert(clinux_namespace_network == CLONE_NEWNET, "CLONE_NEWNET");

int clinux_namespace_kind(int fd) {
  struct statfs filesystem;
  if (fstatfs(fd, &filesystem) != 0) return -1;
  // The meaning of an ioctl depends on the file's driver, so ask only a file of nsfs.
  if (filesystem.f_type != NSFS_MAGIC) {
    errno = ENOTTY;
    return -1;
  }
  return ioctl(fd, NS_GET_NSTYPE);
}

int clinux_has_net_admin(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, sets) != 0) return -1;
  return (sets[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}
