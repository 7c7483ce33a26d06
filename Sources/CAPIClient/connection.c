#define _GNU_SOURCE
#include "internal.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capi_connection {
  struct event_base *base;
  struct evhttp_connection *http;
  struct bufferevent *transport;
  SSL_CTX *settings;
  SSL *tls;
  char *authority;
  capi_answer answer;
  void *context;
  bool is_busy, is_closed;
  // The server closed it: TLS can not begin again on it.
  bool is_spent;
  // The head of the answer was handed over.
  bool has_head;
  char reason[256];
};

enum { longest_headers = 64 << 10 };

static bool is_address(const char *host) {
  unsigned char room[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

static const char *tls_error(void) {
  unsigned long number = ERR_peek_last_error();
  const char *text = number ? ERR_reason_error_string(number) : NULL;
  return text ? text : "unknown error";
}

// The server's certificate must be of the CA and for this host. False when the host can be in no certificate.
static bool check_server(SSL *tls, const char *host) {
  SSL_set_verify(tls, SSL_VERIFY_PEER, NULL);
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
  return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

// TLS to `host`; NULL with a text in `reason`.
static SSL *tls_to(const char *host, SSL_CTX *settings, char *reason, size_t room) {
  SSL *tls = SSL_new(settings);
  if (tls && check_server(tls, host)) return tls;
  snprintf(reason, room, "no certificate can be for the server's name: %s", tls_error());
  SSL_free(tls);
  return NULL;
}

static void spent(struct evhttp_connection *http, void *object) {
  (void)http;
  ((capi_connection *)object)->is_spent = true;
}

capi_connection *capi_connection_new(
    capi_loop *loop, const char *host, uint16_t port, const char *ca_file, capi_answer answer, void *context, char *reason,
    size_t room) {
  ERR_clear_error();
  capi_connection *connection = calloc(1, sizeof *connection);
  snprintf(reason, room, "out of memory");
  if (!connection) return NULL;
  connection->base = loop->base;
  connection->answer = answer;
  connection->context = context;
  bool is_v6 = strchr(host, ':') != NULL;
  if (asprintf(&connection->authority, is_v6 ? "[%s]:%u" : "%s:%u", host, port) < 0) connection->authority = NULL;
  connection->settings = SSL_CTX_new(TLS_client_method());
  if (!connection->authority || !connection->settings) goto failed;
  SSL_CTX_set_min_proto_version(connection->settings, TLS1_2_VERSION);
  SSL_CTX_set_mode(connection->settings, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_load_verify_file(connection->settings, ca_file) != 1) {
    snprintf(reason, room, "the CA file %s can't be used: %s", ca_file, tls_error());
    goto failed;
  }
  connection->tls = tls_to(host, connection->settings, reason, room);
  if (!connection->tls) goto failed;
  connection->transport = bufferevent_openssl_socket_new(
      loop->base, -1, connection->tls, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
  // The transport owns the TLS from now on; libevent frees it also when it fails here.
  if (!connection->transport) goto failed;
  // Servers close without TLS's own farewell.
  bufferevent_openssl_set_allow_dirty_shutdown(connection->transport, 1);
  connection->http = evhttp_connection_base_bufferevent_new(loop->base, NULL, connection->transport, host, port);
  if (!connection->http) {
    bufferevent_free(connection->transport);
    goto failed;
  }
  evhttp_connection_set_max_headers_size(connection->http, longest_headers);
  evhttp_connection_set_retries(connection->http, 0);
  evhttp_connection_set_closecb(connection->http, spent, connection);
  return connection;
failed:
  if (connection->settings) SSL_CTX_free(connection->settings);
  free(connection->authority);
  free(connection);
  return NULL;
}

static void release(evutil_socket_t number, short what, void *object) {
  (void)number;
  (void)what;
  capi_connection *connection = object;
  // Frees the transport and its TLS too, and the request on its way without a callback.
  evhttp_connection_free(connection->http);
  SSL_CTX_free(connection->settings);
  free(connection->authority);
  free(connection);
}

void capi_connection_free(capi_connection *connection) {
  connection->is_closed = true;
  capi_later(connection->base, release, connection);
}

int capi_connection_is_usable(const capi_connection *connection) {
  return !connection->is_spent && !connection->is_closed;
}

static int retry_after(struct evhttp_request *request) {
  const char *text = evhttp_find_header(evhttp_request_get_input_headers(request), "Retry-After");
  if (!text) return -1;
  char *end = NULL;
  long seconds = strtol(text, &end, 10);
  return end == text || *end || seconds < 0 || seconds > 86400 ? -1 : (int)seconds;
}

static void hand_over_head(capi_connection *connection, struct evhttp_request *request) {
  if (connection->has_head) return;
  connection->has_head = true;
  connection->answer.head(connection->context, evhttp_request_get_response_code(request), retry_after(request));
}

static void hand_over_body(capi_connection *connection, struct evhttp_request *request) {
  struct evbuffer *input = evhttp_request_get_input_buffer(request);
  while (evbuffer_get_length(input) > 0 && !connection->is_closed) {
    size_t length = evbuffer_get_contiguous_space(input);
    connection->answer.body(connection->context, evbuffer_pullup(input, (ev_ssize_t)length), length);
    evbuffer_drain(input, length);
  }
}

static void part_came(struct evhttp_request *request, void *object) {
  capi_connection *connection = object;
  if (connection->is_closed) return;
  hand_over_head(connection, request);
  if (!connection->is_closed) hand_over_body(connection, request);
}

static const char *failure(enum evhttp_request_error error) {
  switch (error) {
  case EVREQ_HTTP_TIMEOUT: return "no answer in time";
  case EVREQ_HTTP_EOF: return "the server closed the connection";
  case EVREQ_HTTP_INVALID_HEADER: return "the answer is no HTTP";
  case EVREQ_HTTP_BUFFER_ERROR: return "the connection broke";
  case EVREQ_HTTP_REQUEST_CANCEL: return "the request was cancelled";
  case EVREQ_HTTP_DATA_TOO_LONG: return "the answer is too long";
  }
  return "the connection broke";
}

// The reasons that TLS has are better than the transport's.
static void explain(capi_connection *connection, const char *fallback) {
  long verdict = SSL_get_verify_result(connection->tls);
  unsigned long number = bufferevent_get_openssl_error(connection->transport);
  const char *text = number ? ERR_reason_error_string(number) : NULL;
  if (verdict != X509_V_OK)
    snprintf(
        connection->reason, sizeof connection->reason, "the server's certificate is refused: %s",
        X509_verify_cert_error_string(verdict));
  else
    snprintf(connection->reason, sizeof connection->reason, "%s%s%s", fallback, text ? ": " : "", text ? text : "");
}

static void failed(enum evhttp_request_error error, void *object) {
  capi_connection *connection = object;
  explain(connection, failure(error));
}

static void done(struct evhttp_request *request, void *object) {
  capi_connection *connection = object;
  if (connection->is_closed) return;
  connection->is_busy = false;
  if (!request || !evhttp_request_get_response_code(request)) {
    if (!connection->reason[0]) explain(connection, "cannot connect");
    connection->answer.end(connection->context, connection->reason);
    return;
  }
  hand_over_head(connection, request);
  if (!connection->is_closed) hand_over_body(connection, request);
  if (!connection->is_closed) connection->answer.end(connection->context, NULL);
}

static int command(const char *method) {
  static const struct {
    const char *name;
    enum evhttp_cmd_type type;
  } all[] = {
      {"GET", EVHTTP_REQ_GET},       {"POST", EVHTTP_REQ_POST},     {"PUT", EVHTTP_REQ_PUT},
      {"PATCH", EVHTTP_REQ_PATCH},   {"DELETE", EVHTTP_REQ_DELETE},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (!strcmp(all[i].name, method)) return all[i].type;
  return -1;
}

static bool add_headers(capi_connection *connection, struct evhttp_request *request, const capi_request *asked) {
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
  bool added = !evhttp_add_header(headers, "Host", connection->authority) &&
               !evhttp_add_header(headers, "Accept", "application/json") &&
               !evhttp_add_header(headers, "User-Agent", "devicepool-api");
  if (added && asked->token) {
    char *bearer = NULL;
    if (asprintf(&bearer, "Bearer %s", asked->token) < 0) return false;
    // A token with a line break in it is refused here.
    added = !evhttp_add_header(headers, "Authorization", bearer);
    explicit_bzero(bearer, strlen(bearer));
    free(bearer);
  }
  if (!added || !asked->body) return added;
  // Without the length evhttp sends PATCH and DELETE without their body.
  char length[24];
  snprintf(length, sizeof length, "%zu", asked->length);
  return !evhttp_add_header(headers, "Content-Type", asked->content_type) &&
         !evhttp_add_header(headers, "Content-Length", length) &&
         !evbuffer_add(evhttp_request_get_output_buffer(request), asked->body, asked->length);
}

int capi_connection_send(capi_connection *connection, const capi_request *asked) {
  int type = command(asked->method);
  if (type < 0 || connection->is_busy || !capi_connection_is_usable(connection)) return -1;
  struct evhttp_request *request = evhttp_request_new(done, connection);
  if (!request) return -1;
  if (!add_headers(connection, request, asked)) {
    evhttp_request_free(request);
    return -1;
  }
  evhttp_request_set_chunked_cb(request, part_came);
  evhttp_request_set_error_cb(request, failed);
  evhttp_connection_set_timeout(connection->http, asked->seconds);
  connection->is_busy = true;
  connection->has_head = false;
  connection->reason[0] = 0;
  // Frees the request when it fails.
  if (evhttp_make_request(connection->http, request, (enum evhttp_cmd_type)type, asked->path) == 0) return 0;
  connection->is_busy = false;
  return -1;
}
