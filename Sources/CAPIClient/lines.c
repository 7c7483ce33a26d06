#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

struct capi_lines {
  struct event_base *base;
  struct bufferevent *socket;
  size_t longest;
  capi_lines_events events;
  void *context;
  bool is_closed;
  /// Of a connection that failed at once.
  int error;
};

static void finish(capi_lines *lines, const char *reason) {
  if (!lines->is_closed) lines->events.end(lines->context, reason);
}

static void came(struct bufferevent *socket, void *object) {
  capi_lines *lines = object;
  struct evbuffer *input = bufferevent_get_input(socket);
  while (!lines->is_closed) {
    size_t length = 0;
    char *line = evbuffer_readln(input, &length, EVBUFFER_EOL_LF);
    if (!line) break;
    if (length > lines->longest) {
      free(line);
      bufferevent_disable(socket, EV_READ);
      finish(lines, "a line is too long");
      return;
    }
    lines->events.line(lines->context, (const uint8_t *)line, length);
    free(line);
  }
  if (lines->is_closed || evbuffer_get_length(input) <= lines->longest) return;
  bufferevent_disable(socket, EV_READ);
  finish(lines, "a line is too long");
}

static void happened(struct bufferevent *socket, short what, void *object) {
  capi_lines *lines = object;
  if (lines->is_closed) return;
  if (what & BEV_EVENT_CONNECTED) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(bufferevent_getfd(socket), SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
      finish(lines, strerror(errno));
      return;
    }
    lines->events.open(lines->context, peer.uid);
    if (!lines->is_closed) bufferevent_enable(socket, EV_READ);
  } else if (what & BEV_EVENT_EOF) {
    finish(lines, "the other side closed it");
  } else if (what & BEV_EVENT_ERROR) {
    finish(lines, strerror(EVUTIL_SOCKET_ERROR()));
  }
}

static void refused(evutil_socket_t number, short what, void *object) {
  (void)number;
  (void)what;
  capi_lines *lines = object;
  finish(lines, strerror(lines->error));
}

capi_lines *capi_lines_connect(
    capi_loop *loop, const char *path, size_t longest, capi_lines_events events, void *context) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return NULL;
  strcpy(address.sun_path, path);
  capi_lines *lines = calloc(1, sizeof *lines);
  if (!lines) return NULL;
  lines->base = loop->base;
  lines->longest = longest;
  lines->events = events;
  lines->context = context;
  lines->socket = bufferevent_socket_new(loop->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
  if (!lines->socket) {
    free(lines);
    return NULL;
  }
  bufferevent_setcb(lines->socket, came, NULL, happened, lines);
  // libevent reports a refused connection by the event, but not a path without a file.
  if (bufferevent_socket_connect(lines->socket, (struct sockaddr *)&address, sizeof address) < 0) {
    lines->error = EVUTIL_SOCKET_ERROR();
    capi_later(lines->base, refused, lines);
  }
  return lines;
}

static void release(evutil_socket_t number, short what, void *object) {
  (void)number;
  (void)what;
  capi_lines *lines = object;
  bufferevent_free(lines->socket);
  free(lines);
}

void capi_lines_free(capi_lines *lines) {
  lines->is_closed = true;
  capi_later(lines->base, release, lines);
}

int capi_lines_write(capi_lines *lines, const uint8_t *bytes, size_t length) {
  return bufferevent_write(lines->socket, bytes, length) || bufferevent_write(lines->socket, "\n", 1) ? -1 : 0;
}
