#ifndef DEVICEPOOL_CNETLINK_H
#define DEVICEPOOL_CNETLINK_H
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#endif
