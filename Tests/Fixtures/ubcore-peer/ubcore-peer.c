// A user-space stand-in for the kernel's UB core: answers on generic netlink for the family UBCORE_GENL.
//
//   cc -o ubcore-peer ubcore-peer.c
//   ubcore-peer PORT WORD…
//
// It binds PORT in its own network namespace and keeps for each device the inode of the namespace it is in; all begin
// where the peer itself runs. As the kernel does, it looks up the descriptor of SET_DEV_NS in the sender: SO_PASSCRED
// tells which process that is, /proc/<pid>/fd/<n> what it has open. A word, on the command line or on a line of
// standard input, is the name of one more device, or
//
//   absent, present      there is no family UBCORE_GENL, there is again
//   shared, exclusive    the namespace mode; moves are refused in shared mode
//   busy=NAME            moves of this device are refused
//   mute=NAME            they are neither done nor answered
//   free=NAME            they are done again
//   home                 every device goes home, as in kernels that do so when any namespace dies
//
// What it does goes to standard output, a line each: `ready PORT`, `did WORD`, `move DEVICE INODE`, `stay DEVICE INODE`,
// `refuse DEVICE ERRNO`, `ignore DEVICE`. It ends with its standard input.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { family_id = 0x21, command_set_dev_ns = 7, attribute_name = 5, attribute_fd = 6, nsfs_magic = 0x6e736673 };

struct device {
  const char *name;
  ino_t namespace;
  int busy, mute;
};
static struct device devices[64];
static ino_t home;
static int device_count, shared_mode, family_absent;

static struct device *device_named(const char *name) {
  for (int i = 0; i < device_count; i++)
    if (strcmp(devices[i].name, name) == 0) return &devices[i];
  return NULL;
}

static struct device *add_device(const char *name) {
  struct device *device = device_named(name);
  if (device) return device;
  if (device_count == 64) exit(2);
  device = &devices[device_count++];
  device->name = strdup(name);
  device->namespace = home;
  return device;
}

static void obey(const char *word) {
  const char *name = strchr(word, '=');
  if (strcmp(word, "absent") == 0) family_absent = 1;
  else if (strcmp(word, "present") == 0) family_absent = 0;
  else if (strcmp(word, "shared") == 0) shared_mode = 1;
  else if (strcmp(word, "exclusive") == 0) shared_mode = 0;
  else if (strcmp(word, "home") == 0) {
    for (int i = 0; i < device_count; i++) devices[i].namespace = home;
  } else if (!name) add_device(word);
  else {
    struct device *device = add_device(name + 1);
    device->busy = strncmp(word, "busy=", 5) == 0;
    device->mute = strncmp(word, "mute=", 5) == 0;
  }
}

// The value of an attribute, or NULL; `length` is set to its size.
static const void *attribute(const struct nlmsghdr *message, int type, size_t *length) {
  const char *at = (const char *)NLMSG_DATA(message) + GENL_HDRLEN;
  const char *end = (const char *)message + message->nlmsg_len;
  while (end - at >= NLA_HDRLEN) {
    const struct nlattr *header = (const void *)at;
    if (header->nla_len < NLA_HDRLEN || header->nla_len > end - at) return NULL;
    if ((header->nla_type & NLA_TYPE_MASK) == type) {
      *length = header->nla_len - NLA_HDRLEN;
      return at + NLA_HDRLEN;
    }
    at += NLA_ALIGN(header->nla_len);
  }
  return NULL;
}

// What SET_DEV_NS does, in the kernel's order of checks; -1: say nothing.
static int set_dev_ns(const struct nlmsghdr *message, pid_t sender) {
  size_t name_length = 0, fd_length = 0;
  const char *name = attribute(message, attribute_name, &name_length);
  const uint32_t *fd = attribute(message, attribute_fd, &fd_length);
  char path[64];
  struct stat status;
  struct statfs filesystem;
  // The kernel takes the name for a C string: without its NUL it would read on.
  if (!name || !fd || fd_length != 4 || name_length == 0 || name[name_length - 1] != 0) return EINVAL;
  if (shared_mode) return EPERM;
  snprintf(path, sizeof path, "/proc/%d/fd/%u", (int)sender, *fd);
  if (stat(path, &status) != 0 || statfs(path, &filesystem) != 0) return EBADF;
  if (filesystem.f_type != nsfs_magic) return EINVAL;
  struct device *device = device_named(name);
  if (!device) return EINVAL;
  if (device->mute) {
    printf("ignore %s\n", name);
    return -1;
  }
  if (device->busy) return EBUSY;
  printf("%s %s %lu\n", device->namespace == status.st_ino ? "stay" : "move", name, (unsigned long)status.st_ino);
  device->namespace = status.st_ino;
  return 0;
}

static void answer(int fd, const struct sockaddr_nl *to, const void *bytes, size_t length) {
  if (sendto(fd, bytes, length, 0, (const struct sockaddr *)to, sizeof *to) < 0) perror("sendto");
}

static void answer_code(int fd, const struct sockaddr_nl *to, const struct nlmsghdr *request, int error) {
  struct {
    struct nlmsghdr header;
    struct nlmsgerr body;
  } reply = {
      .header = {.nlmsg_len = sizeof reply, .nlmsg_type = NLMSG_ERROR, .nlmsg_flags = NLM_F_CAPPED,
                 .nlmsg_seq = request->nlmsg_seq, .nlmsg_pid = request->nlmsg_pid},
      .body = {.error = -error, .msg = *request},
  };
  answer(fd, to, &reply, sizeof reply);
}

static void answer_family(int fd, const struct sockaddr_nl *to, const struct nlmsghdr *request) {
  struct {
    struct nlmsghdr header;
    struct genlmsghdr generic;
    struct nlattr id_header;
    uint16_t id, padding;
  } reply = {
      .header = {.nlmsg_len = sizeof reply, .nlmsg_type = GENL_ID_CTRL, .nlmsg_seq = request->nlmsg_seq,
                 .nlmsg_pid = request->nlmsg_pid},
      .generic = {.cmd = CTRL_CMD_NEWFAMILY, .version = 2},
      .id_header = {.nla_len = 6, .nla_type = CTRL_ATTR_FAMILY_ID},
      .id = family_id,
  };
  answer(fd, to, &reply, sizeof reply);
}

static void take(int fd, const struct sockaddr_nl *from, const struct nlmsghdr *message, pid_t sender) {
  const struct genlmsghdr *generic = NLMSG_DATA(message);
  size_t length = 0;
  const char *name;
  int error = EOPNOTSUPP;
  if (message->nlmsg_type == GENL_ID_CTRL && generic->cmd == CTRL_CMD_GETFAMILY) {
    name = attribute(message, CTRL_ATTR_FAMILY_NAME, &length);
    error = !family_absent && name && length == sizeof "UBCORE_GENL" && strcmp(name, "UBCORE_GENL") == 0 ? 0 : ENOENT;
    if (error == 0) answer_family(fd, from, message);
  } else if (message->nlmsg_type == family_id && generic->cmd == command_set_dev_ns) {
    name = attribute(message, attribute_name, &length);
    error = set_dev_ns(message, sender);
    if (error > 0) printf("refuse %.*s %d\n", name ? (int)length : 0, name ? name : "", error);
    if (error < 0) return;
  }
  if (error != 0 || message->nlmsg_flags & NLM_F_ACK) answer_code(fd, from, message, error);
}

static void receive(int fd) {
  static char buffer[65536] __attribute__((aligned(8)));
  char control[CMSG_SPACE(sizeof(struct ucred))];
  struct sockaddr_nl from;
  struct iovec io = {.iov_base = buffer, .iov_len = sizeof buffer};
  struct msghdr header = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &io, .msg_iovlen = 1,
                          .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(fd, &header, 0);
  if (length < 0) {
    if (errno == EINTR) return;
    perror("recvmsg");
    exit(1);
  }
  pid_t sender = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) sender = ((struct ucred *)CMSG_DATA(c))->pid;
  const struct nlmsghdr *message = (const void *)buffer;
  if (NLMSG_OK(message, (size_t)length) && message->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN)
    take(fd, &from, message, sender);
}

static void read_words(void) {
  static char line[256];
  static size_t used;
  ssize_t length = read(0, line + used, sizeof line - used - 1);
  if (length <= 0) exit(0);
  used += (size_t)length;
  for (char *end; (end = memchr(line, '\n', used)); ) {
    *end = 0;
    obey(line);
    printf("did %s\n", line);
    used -= (size_t)(end + 1 - line);
    memmove(line, end + 1, used);
  }
}

int main(int count, char **words) {
  struct stat status;
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  int on = 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count < 2 || stat("/proc/self/ns/net", &status) != 0) return 2;
  home = status.st_ino;
  for (int i = 2; i < count; i++) obey(words[i]);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  address.nl_pid = (uint32_t)strtoul(words[1], NULL, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
      bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("ubcore-peer");
    return 1;
  }
  printf("ready %u\n", address.nl_pid);
  struct pollfd sources[] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  for (;;) {
    if (poll(sources, 2, -1) < 0) continue;
    if (sources[1].revents) receive(fd);
    if (sources[0].revents) read_words();
  }
}
