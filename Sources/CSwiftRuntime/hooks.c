#include "CSwiftRuntime.h"

#include <stddef.h>

#define SWIFT_CONVENTION __attribute__((swiftcall))

typedef SWIFT_CONVENTION void (*original)(void *step);
extern SWIFT_CONVENTION void (*swift_task_enqueueGlobal_hook)(void *step, original);
extern SWIFT_CONVENTION void swift_job_run(void *step, void *executor, uintptr_t executor_kind);

static cswift_step_taker take;

static SWIFT_CONVENTION void pass_on(void *step, original ignored) {
  (void)ignored;
  take(step);
}

void cswift_take_steps(cswift_step_taker taker) {
  take = taker;
  swift_task_enqueueGlobal_hook = pass_on;
}

// No executor is how the runtime writes the global one.
void cswift_run_step(void *step) { swift_job_run(step, NULL, 0); }
