#define _GNU_SOURCE
#include "CLinuxProcessors.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

int clinux_processors(void)
{
    cpu_set_t set;
    // A machine with more than the set holds says EINVAL: then there are enough.
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : CPU_SETSIZE;
}

struct placed {
    cpu_set_t allowed;
    void *(*body)(void *);
    void *argument;
};

static void *enter(void *pointer)
{
    struct placed placed = *(struct placed *)pointer;
    free(pointer);
    sched_setaffinity(0, sizeof placed.allowed, &placed.allowed);
    return placed.body(placed.argument);
}

// False: any will do.
static bool choose(clinux_place place, cpu_set_t *allowed, cpu_set_t *chosen)
{
    if (place == clinux_place_any || sched_getaffinity(0, sizeof *allowed, allowed) != 0) return false;
    int own = sched_getcpu();
    if (own < 0 || CPU_COUNT(allowed) < 2) return false;
    if (place == clinux_place_here) {
        CPU_ZERO(chosen);
        CPU_SET(own, chosen);
    } else {
        *chosen = *allowed;
        CPU_CLR(own, chosen);
    }
    return true;
}

static int begin_placed(pthread_t *thread, struct placed *placed, const cpu_set_t *chosen)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    int error = pthread_attr_setaffinity_np(&attributes, sizeof *chosen, chosen);
    if (error == 0) error = pthread_create(thread, &attributes, enter, placed);
    pthread_attr_destroy(&attributes);
    return error;
}

int clinux_begin_thread(pthread_t *thread, clinux_place place, void *(*body)(void *), void *argument)
{
    cpu_set_t chosen;
    struct placed *placed = malloc(sizeof *placed);
    if (placed && choose(place, &placed->allowed, &chosen)) {
        placed->body = body;
        placed->argument = argument;
        int error = begin_placed(thread, placed, &chosen);
        if (error == 0) return 0;
        // EAGAIN: no thread at all. Anything else is about the place.
        if (error == EAGAIN) {
            free(placed);
            return error;
        }
    }
    free(placed);
    return pthread_create(thread, NULL, body, argument);
}
