#pragma once

// Where Swift's runtime would hand a task's next step to Dispatch, it asks a hook first (swift/Runtime/Concurrency.h:
// swift_task_enqueueGlobal_hook, which the runtime exports for programs that bring a loop of their own).

#include <stdint.h>

/// Takes a step (swift::Job *) that is to run once.
typedef void (*cswift_step_taker)(void *step);

/// From now on every step that no executor of the program's own takes goes to `taker`, except those of the main actor and
/// those that end a `Task.sleep`: the runtime has no hook for them that it always asks.
void cswift_take_steps(cswift_step_taker taker);

/// Runs a step on the calling thread, up to where its task waits next.
void cswift_run_step(void *step);
