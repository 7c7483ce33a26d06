#pragma once

#include <stdbool.h>

/// The CLONE_NEW… flag of a namespace's kind.
enum clinux_namespace {
  clinux_namespace_network = 0x40000000,
};

/// The kind of namespace that an open nsfs file stands for (NS_GET_NSTYPE), as its CLONE_NEW… flag.
///
/// -1 and ENOTTY for a descriptor of anything that is not a namespace.
int clinux_namespace_kind(int fd);

/// Whether the calling thread has CAP_NET_ADMIN in effect; -1 when the kernel does not say.
int clinux_has_net_admin(void);
