// The core's older timers have a thread that wakes once a second, whether there are timers or not. They are of use to calls
// that this process makes: deadlines, attempts to connect. A call that it serves is given up by its client, whose going the
// kernel tells. So the thread is there while a call of ours is on its way.

#include "internal.h"

#include <pthread.h>

#include <mutex>

// src/core/lib/iomgr/timer_manager.h of gRPC 1.51: what the core itself calls before it forks. No header that is installed
// has it; a build against a core without it fails, at the latest in the linker.
void grpc_timer_manager_set_threading(bool enabled);

namespace {
std::mutex mutex;
int calls = 0;

void *end_at_once(void *) { return nullptr; }

// The core counts a thread that it did not get, and would wait for its end for ever.
bool a_thread_is_to_be_had() {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, end_at_once, nullptr) != 0) return false;
  pthread_join(thread, nullptr);
  return true;
}
}  // namespace

extern "C" void cgrpc_timers_rest(void) {
  std::lock_guard<std::mutex> lock(mutex);
  if (calls == 0) grpc_timer_manager_set_threading(false);
}

extern "C" bool cgrpc_timers_begin(void) {
  std::lock_guard<std::mutex> lock(mutex);
  if (calls == 0) {
    if (!a_thread_is_to_be_had()) return false;
    grpc_timer_manager_set_threading(true);
  }
  calls++;
  return true;
}

extern "C" void cgrpc_timers_end(void) {
  std::lock_guard<std::mutex> lock(mutex);
  if (--calls == 0) grpc_timer_manager_set_threading(false);
}
