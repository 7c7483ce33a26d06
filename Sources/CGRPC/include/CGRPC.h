#pragma once

// The gRPC core behind opaque types. No grpc header may be included here: they define _GNU_SOURCE, with which
// fd_set differs from the one in Swift's Glibc module, and the import fails.
//
// A `tag` is what cgrpc_queue_next hands back when the operation it was given to is over. A function that takes a
// tag and returns false has not started its operation, and the tag never comes back.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cgrpc_queue cgrpc_queue;
typedef struct cgrpc_slice cgrpc_slice;
typedef struct cgrpc_server cgrpc_server;
typedef struct cgrpc_server_call cgrpc_server_call;
typedef struct cgrpc_channel cgrpc_channel;
typedef struct cgrpc_client_call cgrpc_client_call;

// Log

typedef void (*cgrpc_log_sink)(int severity, const char *file, int line, const char *message);
/// Takes the core's log lines for the whole process instead of stderr; severity 0 debug, 1 info, 2 error.
void cgrpc_log_redirect(cgrpc_log_sink sink);

// Completion queue

cgrpc_queue *cgrpc_queue_create(void);
/// Waits until an operation is over. False once the queue is shut down and every tag has come back.
bool cgrpc_queue_next(cgrpc_queue *queue, void **tag, bool *ok);
void cgrpc_queue_shutdown(cgrpc_queue *queue);
void cgrpc_queue_destroy(cgrpc_queue *queue);

// Slice: bytes with a count of references kept by the core

cgrpc_slice *cgrpc_slice_copying(const void *bytes, size_t count);
const uint8_t *cgrpc_slice_bytes(const cgrpc_slice *slice);
size_t cgrpc_slice_count(const cgrpc_slice *slice);
void cgrpc_slice_destroy(cgrpc_slice *slice);

// Server

/// At most this many calls run on one connection. Messages may have any size: the receiver checks it.
cgrpc_server *cgrpc_server_create(cgrpc_queue *queue, int max_concurrent_calls);
void cgrpc_server_start(cgrpc_server *server);
/// Serves a connected, non-blocking stream socket, and owns it from here on.
void cgrpc_server_add_connection(cgrpc_server *server, int socket);
/// Refuses new calls; the tag comes back when every call and connection has ended.
void cgrpc_server_shutdown(cgrpc_server *server, void *tag);
/// Cancels the calls and closes the connections; after cgrpc_server_shutdown only.
void cgrpc_server_cancel_calls(cgrpc_server *server);
void cgrpc_server_destroy(cgrpc_server *server);

cgrpc_server_call *cgrpc_server_call_create(void);
void cgrpc_server_call_destroy(cgrpc_server_call *call);
/// Waits for the next call of any method.
bool cgrpc_server_call_request(cgrpc_server_call *call, cgrpc_server *server, void *tag);
const char *cgrpc_server_call_method(const cgrpc_server_call *call, size_t *count);
/// Waits for the call's end: the last operation to come back.
bool cgrpc_server_call_receive_close(cgrpc_server_call *call, void *tag);
bool cgrpc_server_call_was_cancelled(const cgrpc_server_call *call);
bool cgrpc_server_call_receive_message(cgrpc_server_call *call, void *tag);
/// Bytes of the message received last, before anything is made of it.
size_t cgrpc_server_call_message_size(const cgrpc_server_call *call);
/// Whether it is compressed; it is never decompressed.
bool cgrpc_server_call_message_is_compressed(const cgrpc_server_call *call);
/// The message received last, NULL if there was none; the caller's to destroy.
cgrpc_slice *cgrpc_server_call_take_message(cgrpc_server_call *call);
bool cgrpc_server_call_send_message(cgrpc_server_call *call, bool headers, const cgrpc_slice *message, void *tag);
/// Ends the call with a status, after a last message unless it is NULL.
bool cgrpc_server_call_finish(
    cgrpc_server_call *call, bool headers, const cgrpc_slice *message, int status, const void *details,
    size_t details_count, void *tag);

// Client

cgrpc_channel *cgrpc_channel_create(const char *target, const char *authority, int max_message_bytes);
void cgrpc_channel_destroy(cgrpc_channel *channel);

/// timeout_ms < 0: no deadline.
cgrpc_client_call *cgrpc_client_call_create(
    cgrpc_channel *channel, cgrpc_queue *queue, const char *method, int64_t timeout_ms);
void cgrpc_client_call_destroy(cgrpc_client_call *call);
void cgrpc_client_call_cancel(cgrpc_client_call *call);
/// Sends the request and waits for the one answer and the status.
bool cgrpc_client_call_unary(cgrpc_client_call *call, const cgrpc_slice *request, void *tag);
/// Sends the request of a call whose answers are received one by one.
bool cgrpc_client_call_send_request(cgrpc_client_call *call, const cgrpc_slice *request, void *tag);
bool cgrpc_client_call_receive_message(cgrpc_client_call *call, void *tag);
bool cgrpc_client_call_receive_status(cgrpc_client_call *call, void *tag);
cgrpc_slice *cgrpc_client_call_take_message(cgrpc_client_call *call);
int cgrpc_client_call_status(const cgrpc_client_call *call, const char **details, size_t *details_count);
