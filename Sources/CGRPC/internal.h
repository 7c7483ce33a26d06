#pragma once

#include "CGRPC.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>

struct cgrpc_queue {
  grpc_completion_queue *queue;
};

struct cgrpc_slice {
  grpc_slice slice;
};

struct cgrpc_server {
  grpc_server *server;
  grpc_completion_queue *queue;
};

struct cgrpc_channel {
  grpc_channel *channel;
};

// The fields of a call after `call` are written by the core until the tag of the operation that names them is back.
struct cgrpc_server_call {
  grpc_call *call;
  grpc_call_details details;
  grpc_metadata_array request_metadata;
  grpc_byte_buffer *message;
  int cancelled;
};

struct cgrpc_client_call {
  grpc_call *call;
  grpc_metadata_array initial_metadata;
  grpc_metadata_array trailing_metadata;
  grpc_byte_buffer *message;
  grpc_status_code status;
  grpc_slice details;
};

#ifdef __cplusplus
extern "C" {
#endif
/// Before the core takes its first lock; see mutexes.cpp.
void cgrpc_trust_lock_order(void);
#ifdef __cplusplus
}
#endif

/// A buffer holding its own reference to the message's bytes; the core takes that over in start_batch, and what
/// is left of the buffer is destroyed after it.
grpc_byte_buffer *cgrpc_buffer_of(const cgrpc_slice *message);

/// The buffer's bytes as one slice, NULL for no buffer or one that can't be read; the buffer is destroyed.
cgrpc_slice *cgrpc_take_buffer(grpc_byte_buffer **buffer);

static inline grpc_arg cgrpc_integer(const char *key, int value) {
  grpc_arg arg;
  arg.type = GRPC_ARG_INTEGER;
  arg.key = (char *)key;
  arg.value.integer = value;
  return arg;
}

static inline grpc_arg cgrpc_string(const char *key, const char *value) {
  grpc_arg arg;
  arg.type = GRPC_ARG_STRING;
  arg.key = (char *)key;
  arg.value.string = (char *)value;
  return arg;
}

static inline bool cgrpc_start(grpc_call *call, const grpc_op *operations, size_t count, void *tag) {
  return grpc_call_start_batch(call, operations, count, tag, NULL) == GRPC_CALL_OK;
}
