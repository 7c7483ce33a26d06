#ifndef DEVICEPOOL_CAPICLIENT_INTERNAL_H
#define DEVICEPOOL_CAPICLIENT_INTERNAL_H
#include "CAPIClient.h"

#include <event2/event.h>

struct capi_loop {
  struct event_base *base;
  struct event *signals[2];
};

// Runs `work` from the loop, after the callback that is running: where libevent may still hold what is to be freed.
void capi_later(struct event_base *base, void (*work)(evutil_socket_t, short, void *), void *object);
#endif
