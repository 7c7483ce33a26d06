#include "internal.h"

#include <limits.h>
#include <string.h>

cgrpc_server *cgrpc_server_create(cgrpc_queue *queue, int max_concurrent_calls) {
  grpc_init();
  grpc_arg list[] = {
      // Without compression, limits of sizes and deadlines (a client that gives up says so): whatever is there is built anew
      // for each connection, and each step of a call goes through it.
      cgrpc_integer(GRPC_ARG_MINIMAL_STACK, 1),
      cgrpc_integer(GRPC_ARG_MAX_CONCURRENT_STREAMS, max_concurrent_calls),
      cgrpc_integer(GRPC_ARG_HTTP2_BDP_PROBE, 0),
      // The kernel reports at once that the peer of a unix socket is gone, so there is nothing to probe for.
      cgrpc_integer(GRPC_ARG_KEEPALIVE_TIME_MS, INT_MAX),
      // A grpc-go peer measures the link with a ping after nearly every message. That is no misbehaviour.
      cgrpc_integer(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0),
      cgrpc_integer(GRPC_ARG_ENABLE_CHANNELZ, 0),
  };
  grpc_channel_args args = {sizeof list / sizeof *list, list};
  cgrpc_server *server = gpr_zalloc(sizeof *server);
  server->server = grpc_server_create(&args, NULL);
  server->queue = queue->queue;
  grpc_server_register_completion_queue(server->server, queue->queue, NULL);
  return server;
}

void cgrpc_server_start(cgrpc_server *server) { grpc_server_start(server->server); }

void cgrpc_server_add_connection(cgrpc_server *server, int socket) {
  grpc_server_credentials *plaintext = grpc_insecure_server_credentials_create();
  grpc_server_add_channel_from_fd(server->server, socket, plaintext);
  grpc_server_credentials_release(plaintext);
}

void cgrpc_server_shutdown(cgrpc_server *server, void *tag) {
  grpc_server_shutdown_and_notify(server->server, server->queue, tag);
}

void cgrpc_server_cancel_calls(cgrpc_server *server) { grpc_server_cancel_all_calls(server->server); }

void cgrpc_server_destroy(cgrpc_server *server) {
  grpc_server_destroy(server->server);
  gpr_free(server);
  grpc_shutdown();
}

cgrpc_server_call *cgrpc_server_call_create(void) {
  cgrpc_server_call *call = gpr_zalloc(sizeof *call);
  grpc_call_details_init(&call->details);
  grpc_metadata_array_init(&call->request_metadata);
  return call;
}

void cgrpc_server_call_destroy(cgrpc_server_call *call) {
  if (call->message) grpc_byte_buffer_destroy(call->message);
  grpc_call_details_destroy(&call->details);
  grpc_metadata_array_destroy(&call->request_metadata);
  if (call->call) grpc_call_unref(call->call);
  gpr_free(call);
}

bool cgrpc_server_call_request(cgrpc_server_call *call, cgrpc_server *server, void *tag) {
  return grpc_server_request_call(
             server->server, &call->call, &call->details, &call->request_metadata, server->queue, server->queue,
             tag) == GRPC_CALL_OK;
}

const char *cgrpc_server_call_method(const cgrpc_server_call *call, size_t *count) {
  *count = GRPC_SLICE_LENGTH(call->details.method);
  return (const char *)GRPC_SLICE_START_PTR(call->details.method);
}

bool cgrpc_server_call_receive_close(cgrpc_server_call *call, void *tag) {
  grpc_op operation;
  memset(&operation, 0, sizeof operation);
  operation.op = GRPC_OP_RECV_CLOSE_ON_SERVER;
  operation.data.recv_close_on_server.cancelled = &call->cancelled;
  return cgrpc_start(call->call, &operation, 1, tag);
}

bool cgrpc_server_call_was_cancelled(const cgrpc_server_call *call) { return call->cancelled != 0; }

bool cgrpc_server_call_receive_message(cgrpc_server_call *call, void *tag) {
  grpc_op operation;
  memset(&operation, 0, sizeof operation);
  operation.op = GRPC_OP_RECV_MESSAGE;
  operation.data.recv_message.recv_message = &call->message;
  return cgrpc_start(call->call, &operation, 1, tag);
}

size_t cgrpc_server_call_message_size(const cgrpc_server_call *call) {
  return call->message ? grpc_byte_buffer_length(call->message) : 0;
}

bool cgrpc_server_call_message_is_compressed(const cgrpc_server_call *call) {
  return call->message && call->message->data.raw.compression != GRPC_COMPRESS_NONE;
}

cgrpc_slice *cgrpc_server_call_take_message(cgrpc_server_call *call) { return cgrpc_take_buffer(&call->message); }

bool cgrpc_server_call_send_message(cgrpc_server_call *call, bool headers, const cgrpc_slice *message, void *tag) {
  grpc_op operations[2];
  memset(operations, 0, sizeof operations);
  size_t count = 0;
  if (headers) operations[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
  grpc_byte_buffer *buffer = cgrpc_buffer_of(message);
  operations[count].op = GRPC_OP_SEND_MESSAGE;
  operations[count++].data.send_message.send_message = buffer;
  bool started = cgrpc_start(call->call, operations, count, tag);
  grpc_byte_buffer_destroy(buffer);
  return started;
}

bool cgrpc_server_call_finish(
    cgrpc_server_call *call, bool headers, const cgrpc_slice *message, int status, const void *details,
    size_t details_count, void *tag) {
  grpc_op operations[3];
  memset(operations, 0, sizeof operations);
  size_t count = 0;
  if (headers) operations[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
  grpc_byte_buffer *buffer = message ? cgrpc_buffer_of(message) : NULL;
  if (buffer) {
    operations[count].op = GRPC_OP_SEND_MESSAGE;
    operations[count++].data.send_message.send_message = buffer;
  }
  grpc_slice text = details_count ? grpc_slice_from_copied_buffer(details, details_count) : grpc_empty_slice();
  operations[count].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
  operations[count].data.send_status_from_server.status = (grpc_status_code)status;
  operations[count++].data.send_status_from_server.status_details = details_count ? &text : NULL;
  bool started = cgrpc_start(call->call, operations, count, tag);
  grpc_slice_unref(text);
  if (buffer) grpc_byte_buffer_destroy(buffer);
  return started;
}
