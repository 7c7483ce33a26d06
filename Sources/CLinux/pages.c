// A page costs a virtual machine two microseconds when it is first touched, and a start touches hundreds, one after the
// other, with a second processor idle. A thread of its own maps what every start touches before the program comes to it.
// Which pages that is, images/function-order says: it lays them side by side and names their bounds.

#ifdef CLINUX_IN_A_RELEASE

#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define BOUND(name) __attribute__((section(".text." #name))) void name(void) {}
BOUND(clinux_begun_text)
BOUND(clinux_ended_text)
extern char __bss_start[];
__attribute__((section(".bss.clinux_ended_bss"))) char clinux_ended_bss[1];

// By so much the heap grows at a time, which is about what a start takes of it.
enum { page = 4096, portion = 64 * page, heap = 68 * page };

static char *heap_begin;

// Advice in portions: whoever wants to map something waits for one to be over. A kernel that does not know it (before 5.14)
// says so, and the pages come one by one.
static void touch(const void *from, const void *to, int advice) {
  uintptr_t next = (uintptr_t)from & ~(uintptr_t)(page - 1), end = (uintptr_t)to;
  for (; next < end; next += portion) {
    size_t size = end - next < portion ? (end - next + page - 1) & ~(size_t)(page - 1) : portion;
    if (madvise((void *)next, size, advice) != 0) return;
  }
}

static void *touch_all(void *ignored) {
  touch(__bss_start, clinux_ended_bss, MADV_POPULATE_WRITE);
  touch(heap_begin, heap_begin + heap, MADV_POPULATE_WRITE);
  touch((void *)clinux_begun_text, (void *)clinux_ended_text, MADV_POPULATE_READ);
  return ignored;
}

// Before all other constructors: they are the first to touch something. The thread hears no signals, and has no heap of its
// own to ask for. Where no thread is to be had, nothing is lost but time.
__attribute__((constructor(101))) static void begin(void) {
  mallopt(M_TOP_PAD, heap);
  heap_begin = sbrk(0);
  sigset_t all, before;
  pthread_attr_t attributes;
  pthread_t thread;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_create(&thread, &attributes, touch_all, NULL);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

#endif
