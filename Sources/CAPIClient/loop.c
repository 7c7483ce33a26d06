#define _GNU_SOURCE
#include "internal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static void stopped(evutil_socket_t number, short what, void *base) {
  (void)number;
  (void)what;
  event_base_loopbreak(base);
}

capi_loop *capi_loop_new(void) {
  signal(SIGPIPE, SIG_IGN);
  capi_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  static const int numbers[] = {SIGTERM, SIGINT};
  loop->base = event_base_new();
  for (int i = 0; i < 2 && loop->base; i++) {
    loop->signals[i] = evsignal_new(loop->base, numbers[i], stopped, loop->base);
    if (!loop->signals[i] || event_add(loop->signals[i], NULL) < 0) {
      capi_loop_free(loop);
      return NULL;
    }
  }
  if (!loop->base) {
    free(loop);
    return NULL;
  }
  return loop;
}

void capi_loop_free(capi_loop *loop) {
  for (int i = 0; i < 2; i++)
    if (loop->signals[i]) event_free(loop->signals[i]);
  event_base_free(loop->base);
  free(loop);
}

void capi_loop_run(capi_loop *loop) { event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY); }

void capi_loop_stop(capi_loop *loop) { event_base_loopbreak(loop->base); }

void capi_later(struct event_base *base, void (*work)(evutil_socket_t, short, void *), void *object) {
  struct timeval now = {0, 0};
  // Without memory the object stays: better than to free what is in use.
  event_base_once(base, -1, EV_TIMEOUT, work, object, &now);
}

struct capi_timer {
  struct event *event;
  void (*fired)(void *);
  void *context;
};

static void fire(evutil_socket_t number, short what, void *object) {
  (void)number;
  (void)what;
  capi_timer *timer = object;
  timer->fired(timer->context);
}

capi_timer *capi_timer_new(capi_loop *loop, void (*fired)(void *), void *context) {
  capi_timer *timer = calloc(1, sizeof *timer);
  if (!timer) return NULL;
  timer->fired = fired;
  timer->context = context;
  timer->event = evtimer_new(loop->base, fire, timer);
  if (!timer->event) {
    free(timer);
    return NULL;
  }
  return timer;
}

void capi_timer_free(capi_timer *timer) {
  event_free(timer->event);
  free(timer);
}

void capi_timer_start(capi_timer *timer, int64_t milliseconds) {
  struct timeval delay = {milliseconds / 1000, (milliseconds % 1000) * 1000};
  evtimer_add(timer->event, &delay);
}

void capi_timer_stop(capi_timer *timer) { evtimer_del(timer->event); }
