#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct capi_answers {
  struct evconnlistener *listener;
  char *line;
};

// The line fits the socket's buffer, so one send is enough.
static void answer(
    struct evconnlistener *listener, evutil_socket_t number, struct sockaddr *address, int length, void *object) {
  (void)listener;
  (void)address;
  (void)length;
  capi_answers *answers = object;
  if (answers->line) send(number, answers->line, strlen(answers->line), MSG_NOSIGNAL | MSG_DONTWAIT);
  evutil_closesocket(number);
}

capi_answers *capi_answers_listen(capi_loop *loop, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  strcpy(address.sun_path, path);
  struct stat file;
  if (lstat(path, &file) == 0 && S_ISSOCK(file.st_mode)) unlink(path);
  capi_answers *answers = calloc(1, sizeof *answers);
  if (!answers) return NULL;
  answers->listener = evconnlistener_new_bind(
      loop->base, answer, answers, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16, (struct sockaddr *)&address,
      sizeof address);
  if (!answers->listener) {
    int error = errno;
    free(answers);
    errno = error;
    return NULL;
  }
  return answers;
}

void capi_answers_set(capi_answers *answers, const char *text) {
  char *line = malloc(strlen(text) + 2);
  if (line) strcat(strcpy(line, text), "\n");
  free(answers->line);
  answers->line = line;
}

void capi_answers_free(capi_answers *answers) {
  evconnlistener_free(answers->listener);
  free(answers->line);
  free(answers);
}
