// Swift's runtime looks for the program's arguments in /proc/self/maps, a scanf for each line, before main and whether or
// not anyone asks: a hundredth of a start. glibc hands them to whatever runs before main. Defined here, the runtime's own
// functions stay out of a program that links it as an archive (stdlib/public/stubs/CommandLine.cpp).

#include <stddef.h>

char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count);

static char *none[] = {NULL};
static char **arguments = none;
static int argument_count;

__attribute__((constructor)) static void keep(int count, char **words) {
  arguments = words;
  argument_count = count;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
  *count = argument_count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count) { keep(count, words); }
