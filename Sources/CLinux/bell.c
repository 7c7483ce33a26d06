#include "CLinuxBell.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct clinux_bell {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool has_rung;
};

clinux_bell *clinux_bell_create(void) {
  clinux_bell *bell = calloc(1, sizeof *bell);
  if (!bell) abort();
  pthread_mutex_init(&bell->mutex, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&bell->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  return bell;
}

void clinux_bell_destroy(clinux_bell *bell) {
  pthread_cond_destroy(&bell->changed);
  pthread_mutex_destroy(&bell->mutex);
  free(bell);
}

void clinux_bell_ring(clinux_bell *bell) {
  pthread_mutex_lock(&bell->mutex);
  bell->has_rung = true;
  pthread_cond_signal(&bell->changed);
  pthread_mutex_unlock(&bell->mutex);
}

static struct timespec after(int64_t nanoseconds) {
  const int64_t second = 1000000000, longest = 365 * 24 * 3600 * second;
  if (nanoseconds > longest) nanoseconds = longest;
  struct timespec moment;
  clock_gettime(CLOCK_MONOTONIC, &moment);
  int64_t sum = moment.tv_nsec + nanoseconds % second;
  moment.tv_sec += nanoseconds / second + sum / second;
  moment.tv_nsec = sum % second;
  return moment;
}

void clinux_bell_wait(clinux_bell *bell, int64_t nanoseconds) {
  struct timespec end = after(nanoseconds < 0 ? 0 : nanoseconds);
  pthread_mutex_lock(&bell->mutex);
  int error = 0;
  while (!bell->has_rung && error == 0) {
    error = nanoseconds < 0 ? pthread_cond_wait(&bell->changed, &bell->mutex)
                            : pthread_cond_timedwait(&bell->changed, &bell->mutex, &end);
  }
  bell->has_rung = false;
  pthread_mutex_unlock(&bell->mutex);
}
