#ifndef DEVICEPOOL_CHTTP_H
#define DEVICEPOOL_CHTTP_H
// libevent's evhttp for a few GET pages: one thread, started and joined by its owner. No libevent header is seen outside.
#include <stddef.h>
#include <stdint.h>

typedef struct chttp_server chttp_server;
typedef struct chttp_reply chttp_reply;

// Answers one request on the server's thread, by chttp_reply_set.
typedef void (*chttp_answer)(void *context, const char *path, chttp_reply *reply);

// Binds address:port (port 0: any). NULL with errno when it can't.
chttp_server *chttp_server_create(const char *address, uint16_t port, chttp_answer answer, void *context);
uint16_t chttp_server_port(const chttp_server *server);
// Serves until chttp_server_stop, on the calling thread.
void chttp_server_run(chttp_server *server);
// From any thread; run returns soon after.
void chttp_server_stop(chttp_server *server);
// After run has returned, or in its place.
void chttp_server_destroy(chttp_server *server);

// Copies all it is given.
void chttp_reply_set(chttp_reply *reply, int status, const char *type, const char *body, size_t length);
#endif
