#define _GNU_SOURCE
#include "CLinuxProcessors.h"

#include <sched.h>

int clinux_processors(void)
{
    cpu_set_t set;
    // A machine with more than the set holds says EINVAL: then there are enough.
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : CPU_SETSIZE;
}
