#pragma once

#include <pthread.h>

/// On how many processors this process may run; see sched_getaffinity(2).
int clinux_processors(void);

/// How often the calling thread has given its processor up to wait for something; `ru_nvcsw` of getrusage(2).
long clinux_thread_waits(void);

/// On which processor a thread begins. Left alone, the kernel may put a thread behind its maker and leave it there until the
/// next tick, 4 ms at 250 Hz, while another processor has nothing to do.
typedef enum {
  clinux_place_any,
  /// The maker's: for whoever is about to wait for the thread.
  clinux_place_here,
  /// Any but the maker's, for whoever has something to do meanwhile.
  clinux_place_elsewhere,
} clinux_place;

/// From now on the calling thread, and those it makes, have a tenth of what others have where they meet on a processor: other
/// threads of the process, and other processes of its control group too. Ten steps of setpriority(2).
void clinux_stand_back(void);

/// As pthread_create(3). Once it runs, the thread may go wherever the process may; where a place is not to be had, it begins
/// anywhere.
int clinux_begin_thread(pthread_t *thread, clinux_place place, void *(*body)(void *), void *argument);
