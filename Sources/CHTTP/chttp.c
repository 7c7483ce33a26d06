#define _GNU_SOURCE
#include "CHTTP.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct chttp_server {
  struct event_base *base;
  struct evhttp *http;
  struct event *stop;
  int wake[2];
  uint16_t port;
  chttp_answer answer;
  void *context;
};

struct chttp_reply {
  int status;
  char type[96];
  struct evbuffer *body;
};

void chttp_reply_set(chttp_reply *reply, int status, const char *type, const char *body, size_t length) {
  reply->status = status;
  strncpy(reply->type, type, sizeof reply->type - 1);
  evbuffer_add(reply->body, body, length);
}

static void answer(struct evhttp_request *request, void *context) {
  chttp_server *server = context;
  const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
  const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
  chttp_reply reply = {.status = 404, .type = "text/plain", .body = evbuffer_new()};
  if (!reply.body) {
    evhttp_send_error(request, 500, NULL);
    return;
  }
  server->answer(server->context, path ? path : "", &reply);
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", reply.type);
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evhttp_send_reply(request, reply.status, NULL, reply.body);
  evbuffer_free(reply.body);
}

static void stopped(evutil_socket_t fd, short what, void *context) {
  (void)fd;
  (void)what;
  event_base_loopbreak(((chttp_server *)context)->base);
}

static uint16_t bound_port(struct evhttp_bound_socket *bound) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &length) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
  return 0;
}

// A socket that listens on a numeric address, -1 with errno. libevent's own way asks the resolver, which finds no
// address at all, not even 127.0.0.1, where the loopback is the only interface that has one.
static int listener(const struct sockaddr *address, socklen_t length) {
  int one = 1;
  int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 && bind(fd, address, length) == 0 &&
      listen(fd, 128) == 0)
    return fd;
  int number = errno;
  close(fd);
  errno = number;
  return -1;
}

static struct evhttp_bound_socket *bind_to(struct evhttp *http, const char *address, uint16_t port) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  int fd;
  if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
    fd = listener((struct sockaddr *)&v4, sizeof v4);
  else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
    fd = listener((struct sockaddr *)&v6, sizeof v6);
  else
    return evhttp_bind_socket_with_handle(http, address, port);
  if (fd < 0) return NULL;
  struct evhttp_bound_socket *bound = evhttp_accept_socket_with_handle(http, fd);
  if (!bound) close(fd);
  return bound;
}

chttp_server *chttp_server_create(const char *address, uint16_t port, chttp_answer callback, void *context) {
  chttp_server *server = calloc(1, sizeof *server);
  if (!server) return NULL;
  server->wake[0] = server->wake[1] = -1;
  server->answer = callback;
  server->context = context;
  server->base = event_base_new();
  server->http = server->base ? evhttp_new(server->base) : NULL;
  if (!server->http || pipe2(server->wake, O_CLOEXEC | O_NONBLOCK) != 0) goto failed;
  server->stop = event_new(server->base, server->wake[0], EV_READ, stopped, server);
  if (!server->stop || event_add(server->stop, NULL) != 0) goto failed;
  // A scrape is one small GET; anything else is not for us.
  evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
  evhttp_set_max_headers_size(server->http, 16 << 10);
  evhttp_set_max_body_size(server->http, 1 << 10);
  evhttp_set_timeout(server->http, 10);
  evhttp_set_gencb(server->http, answer, server);
  errno = 0;
  struct evhttp_bound_socket *bound = bind_to(server->http, address, port);
  if (!bound) {
    if (errno == 0) errno = EADDRNOTAVAIL;
    goto failed;
  }
  server->port = bound_port(bound);
  return server;
failed:;
  int number = errno;
  chttp_server_destroy(server);
  errno = number;
  return NULL;
}

uint16_t chttp_server_port(const chttp_server *server) { return server->port; }

void chttp_server_run(chttp_server *server) { event_base_dispatch(server->base); }

void chttp_server_stop(chttp_server *server) {
  while (write(server->wake[1], "", 1) < 0 && errno == EINTR) {
  }
}

void chttp_server_destroy(chttp_server *server) {
  if (server->stop) event_free(server->stop);
  if (server->http) evhttp_free(server->http);
  if (server->base) event_base_free(server->base);
  if (server->wake[0] >= 0) close(server->wake[0]);
  if (server->wake[1] >= 0) close(server->wake[1]);
  free(server);
}
