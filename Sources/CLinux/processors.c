#define _GNU_SOURCE
#include "CLinuxProcessors.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>

int clinux_processors(void)
{
    cpu_set_t set;
    // A machine with more than the set holds says EINVAL: then there are enough.
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : CPU_SETSIZE;
}

long clinux_thread_waits(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

// Ten steps of niceness are a tenth of the weight. Of process 0 Linux takes the calling thread.
void clinux_stand_back(void) { setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 10); }

struct placed {
    clinux_place place;
    cpu_set_t allowed;
    bool is_bound;
    void *(*body)(void *);
    void *argument;
};

static void *enter(void *pointer)
{
    struct placed placed = *(struct placed *)pointer;
    free(pointer);
    if (placed.is_bound) sched_setaffinity(0, sizeof placed.allowed, &placed.allowed);
    return placed.body(placed.argument);
}

// Where it may begin; false: anywhere.
static bool choose(struct placed *placed, cpu_set_t *chosen)
{
    if (sched_getaffinity(0, sizeof placed->allowed, &placed->allowed) != 0) return false;
    int own = sched_getcpu();
    if (own < 0 || CPU_COUNT(&placed->allowed) < 2) return false;
    if (placed->place == clinux_place_here) {
        CPU_ZERO(chosen);
        CPU_SET(own, chosen);
    } else {
        *chosen = placed->allowed;
        CPU_CLR(own, chosen);
    }
    return true;
}

static int begin_bound(pthread_t *thread, struct placed *placed, const cpu_set_t *chosen)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    int error = pthread_attr_setaffinity_np(&attributes, sizeof *chosen, chosen);
    if (error == 0) error = pthread_create(thread, &attributes, enter, placed);
    pthread_attr_destroy(&attributes);
    return error;
}

static int begin_placed(pthread_t *thread, struct placed *placed)
{
    cpu_set_t chosen;
    placed->is_bound = choose(placed, &chosen);
    if (placed->is_bound) {
        int error = begin_bound(thread, placed, &chosen);
        // EAGAIN: no thread at all. Anything else is about the place.
        if (error == 0 || error == EAGAIN) return error;
        placed->is_bound = false;
    }
    return pthread_create(thread, NULL, enter, placed);
}

int clinux_begin_thread(pthread_t *thread, clinux_place place, void *(*body)(void *), void *argument)
{
    struct placed *placed = place == clinux_place_any ? NULL : malloc(sizeof *placed);
    if (!placed) return pthread_create(thread, NULL, body, argument);
    placed->place = place;
    placed->body = body;
    placed->argument = argument;
    int error = begin_placed(thread, placed);
    if (error != 0) free(placed);
    return error;
}
