#pragma once

/// On how many processors this process may run; see sched_getaffinity(2).
int clinux_processors(void);
