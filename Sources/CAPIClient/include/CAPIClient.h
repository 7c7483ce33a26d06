#ifndef DEVICEPOOL_CAPICLIENT_H
#define DEVICEPOOL_CAPICLIENT_H
// libevent's loop, evhttp over OpenSSL and a line socket, for one thread. No header of libevent or OpenSSL is seen outside.
//
// Everything belongs to the thread that runs the loop. Callbacks come from the loop alone, never from the call that asks for
// them, and an object may be freed in its own callback.
#include <stddef.h>
#include <stdint.h>

typedef struct capi_loop capi_loop;
capi_loop *capi_loop_new(void);
void capi_loop_free(capi_loop *loop);
// Runs until capi_loop_stop, SIGTERM or SIGINT.
void capi_loop_run(capi_loop *loop);
void capi_loop_stop(capi_loop *loop);

typedef struct capi_timer capi_timer;
capi_timer *capi_timer_new(capi_loop *loop, void (*fired)(void *context), void *context);
void capi_timer_free(capi_timer *timer);
// Fires once; what was asked for before is forgotten.
void capi_timer_start(capi_timer *timer, int64_t milliseconds);
void capi_timer_stop(capi_timer *timer);

// One HTTP connection to a server with a certificate of `ca_file`; one request at a time.
typedef struct capi_connection capi_connection;
typedef struct {
  // Status and the seconds of Retry-After, -1 without it.
  void (*head)(void *context, int status, int retry_after);
  // A part of the body, of any length.
  void (*body)(void *context, const uint8_t *bytes, size_t length);
  // The answer is complete (reason NULL), or what went wrong. The connection is then idle or, with a reason, of no more use.
  void (*end)(void *context, const char *reason);
} capi_answer;

// NULL with a text in `reason` when the CA file can't be used, or no certificate can be for `host`.
capi_connection *capi_connection_new(
    capi_loop *loop, const char *host, uint16_t port, const char *ca_file, capi_answer answer, void *context, char *reason,
    size_t room);
// No callback comes after it.
void capi_connection_free(capi_connection *connection);

// Whether it can carry another request: the server has not closed it.
int capi_connection_is_usable(const capi_connection *connection);

typedef struct {
  // GET, POST, PUT, PATCH or DELETE.
  const char *method;
  // With its query.
  const char *path;
  // Without "Bearer"; NULL: no such header.
  const char *token;
  const char *content_type;
  const uint8_t *body;
  size_t length;
  // Without a byte for so long the request has failed.
  int seconds;
} capi_request;
// 0, or -1 when it can't be sent: another one is on its way, the method is not known, or memory lacks.
int capi_connection_send(capi_connection *connection, const capi_request *request);

// A UNIX stream socket that carries lines.
typedef struct capi_lines capi_lines;
typedef struct {
  // Connected to a process of this user.
  void (*open)(void *context, uint32_t user);
  // Without its newline.
  void (*line)(void *context, const uint8_t *bytes, size_t length);
  // Ended, or never connected; of no more use.
  void (*end)(void *context, const char *reason);
} capi_lines_events;
// Lines longer than `longest` end the connection. NULL: the path is too long, or memory lacks.
capi_lines *capi_lines_connect(
    capi_loop *loop, const char *path, size_t longest, capi_lines_events events, void *context);
// No callback comes after it; what was written and is not sent yet is lost.
void capi_lines_free(capi_lines *lines);
// Adds a newline. 0, or -1 when memory lacks.
int capi_lines_write(capi_lines *lines, const uint8_t *bytes, size_t length);

// A UNIX stream socket that sends one line to each connection and closes it.
typedef struct capi_answers capi_answers;
// Replaces a socket at `path` that nobody uses any more. NULL with errno.
capi_answers *capi_answers_listen(capi_loop *loop, const char *path);
void capi_answers_free(capi_answers *answers);
// The line of connections from now on, without its newline. Without memory there is none, and nobody takes it for an answer.
void capi_answers_set(capi_answers *answers, const char *text);
#endif
