// Which pings connections send and bear. It is said once for the process: what a server is told as an argument is sorted into
// a tree anew for each of its connections, and each argument is a thirtieth of what a connection costs.

#include "internal.h"

#include <limits.h>

#include <mutex>

// src/core/ext/transport/chttp2/transport/internal.h of gRPC 1.51; as for the timers, see timers.cpp.
void grpc_chttp2_config_default_keepalive_args(grpc_channel_args *args, bool is_client);

extern "C" void cgrpc_settle_pings(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc_arg list[] = {
        // The kernel says at once when the peer of a unix socket is gone: nothing to probe for. And a grpc-go server answers
        // keepalive pings that it did not allow with GOAWAY.
        cgrpc_integer(GRPC_ARG_KEEPALIVE_TIME_MS, INT_MAX),
        // A grpc-go peer measures the link with a ping after nearly every message; that is no misbehaviour.
        cgrpc_integer(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0),
    };
    grpc_channel_args args = {sizeof list / sizeof *list, list};
    grpc_chttp2_config_default_keepalive_args(&args, false);
    grpc_chttp2_config_default_keepalive_args(&args, true);
  });
}
