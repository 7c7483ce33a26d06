// In a program that links Swift's runtime as an archive, these names keep Dispatch out of it: the runtime falls back on it
// where there is no loop, and this program has one (TaskLoop). Dispatch would be a twentieth of what is relocated when the
// program begins. Named are all that libswift_Concurrency.a asks for; a runtime that asks for more fails in the linker.

#ifdef CSWIFT_IN_A_RELEASE

#include <stdlib.h>
#include <unistd.h>

static _Noreturn void refuse(void) {
  static const char words[] = "a task was left to Dispatch, which this program does not have\n";
  ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
  (void)ignored;
  abort();
}

#define ABSENT(name) _Noreturn void name(void); void name(void) { refuse(); }

ABSENT(dispatch_activate)
ABSENT(dispatch_after_f)
ABSENT(dispatch_assert_queue)
ABSENT(dispatch_async_f)
ABSENT(dispatch_main)
ABSENT(dispatch_queue_attr_make_with_qos_class)
ABSENT(dispatch_queue_create)
ABSENT(dispatch_queue_set_width)
ABSENT(dispatch_release)
ABSENT(dispatch_set_context)
ABSENT(dispatch_source_create)
ABSENT(dispatch_source_set_event_handler_f)
ABSENT(dispatch_source_set_timer)
ABSENT(dispatch_walltime)

const char _dispatch_main_q, _dispatch_queue_attr_concurrent, _dispatch_source_type_timer;

#endif
