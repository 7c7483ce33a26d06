#include "internal.h"

#include <string.h>

cgrpc_channel *cgrpc_channel_create(const char *target, const char *authority, int max_message_bytes) {
  grpc_init();
  grpc_arg list[] = {
      cgrpc_string(GRPC_ARG_DEFAULT_AUTHORITY, authority),
      cgrpc_integer(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, max_message_bytes),
      // Else channels of one process share connections and their back-off: a new channel to a server that has
      // just come back would inherit the wait of the old one.
      cgrpc_integer(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1),
      cgrpc_integer(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100),
      cgrpc_integer(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000),
      // The caller decides whether to try again.
      cgrpc_integer(GRPC_ARG_ENABLE_RETRIES, 0),
      cgrpc_integer(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1),
      cgrpc_integer(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
      cgrpc_integer(GRPC_ARG_HTTP2_BDP_PROBE, 0),
      // Without probing, the window stays as it is set: room for a list of some thousand devices.
      cgrpc_integer(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20),
      cgrpc_integer(GRPC_ARG_ENABLE_CHANNELZ, 0),
  };
  grpc_channel_args args = {sizeof list / sizeof *list, list};
  grpc_channel_credentials *plaintext = grpc_insecure_credentials_create();
  cgrpc_channel *channel = gpr_zalloc(sizeof *channel);
  channel->channel = grpc_channel_create(target, plaintext, &args);
  grpc_channel_credentials_release(plaintext);
  return channel;
}

void cgrpc_channel_destroy(cgrpc_channel *channel) {
  grpc_channel_destroy(channel->channel);
  gpr_free(channel);
  grpc_shutdown();
}

cgrpc_client_call *cgrpc_client_call_create(
    cgrpc_channel *channel, cgrpc_queue *queue, const char *method, int64_t timeout_ms) {
  cgrpc_client_call *call = gpr_zalloc(sizeof *call);
  grpc_metadata_array_init(&call->initial_metadata);
  grpc_metadata_array_init(&call->trailing_metadata);
  call->details = grpc_empty_slice();
  call->status = GRPC_STATUS_UNKNOWN;
  gpr_timespec deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  if (timeout_ms >= 0) {
    deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(timeout_ms, GPR_TIMESPAN));
  }
  grpc_slice path = grpc_slice_from_copied_string(method);
  call->call = grpc_channel_create_call(
      channel->channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue->queue, path, NULL, deadline, NULL);
  grpc_slice_unref(path);
  return call;
}

void cgrpc_client_call_destroy(cgrpc_client_call *call) {
  if (call->message) grpc_byte_buffer_destroy(call->message);
  grpc_metadata_array_destroy(&call->initial_metadata);
  grpc_metadata_array_destroy(&call->trailing_metadata);
  grpc_slice_unref(call->details);
  grpc_call_unref(call->call);
  gpr_free(call);
}

void cgrpc_client_call_cancel(cgrpc_client_call *call) { grpc_call_cancel(call->call, NULL); }

static grpc_op *add_request(grpc_op *next, grpc_byte_buffer *buffer) {
  (next++)->op = GRPC_OP_SEND_INITIAL_METADATA;
  next->op = GRPC_OP_SEND_MESSAGE;
  (next++)->data.send_message.send_message = buffer;
  (next++)->op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
  return next;
}

static grpc_op *add_initial_metadata(grpc_op *next, cgrpc_client_call *call) {
  next->op = GRPC_OP_RECV_INITIAL_METADATA;
  (next++)->data.recv_initial_metadata.recv_initial_metadata = &call->initial_metadata;
  return next;
}

static grpc_op *add_message(grpc_op *next, cgrpc_client_call *call) {
  next->op = GRPC_OP_RECV_MESSAGE;
  (next++)->data.recv_message.recv_message = &call->message;
  return next;
}

static grpc_op *add_status(grpc_op *next, cgrpc_client_call *call) {
  next->op = GRPC_OP_RECV_STATUS_ON_CLIENT;
  next->data.recv_status_on_client.trailing_metadata = &call->trailing_metadata;
  next->data.recv_status_on_client.status = &call->status;
  (next++)->data.recv_status_on_client.status_details = &call->details;
  return next;
}

bool cgrpc_client_call_unary(cgrpc_client_call *call, const cgrpc_slice *request, void *tag) {
  grpc_op operations[6];
  memset(operations, 0, sizeof operations);
  grpc_byte_buffer *buffer = cgrpc_buffer_of(request);
  grpc_op *end = add_request(operations, buffer);
  end = add_status(add_message(add_initial_metadata(end, call), call), call);
  bool started = cgrpc_start(call->call, operations, (size_t)(end - operations), tag);
  grpc_byte_buffer_destroy(buffer);
  return started;
}

bool cgrpc_client_call_send_request(cgrpc_client_call *call, const cgrpc_slice *request, void *tag) {
  grpc_op operations[4];
  memset(operations, 0, sizeof operations);
  grpc_byte_buffer *buffer = cgrpc_buffer_of(request);
  grpc_op *end = add_initial_metadata(add_request(operations, buffer), call);
  bool started = cgrpc_start(call->call, operations, (size_t)(end - operations), tag);
  grpc_byte_buffer_destroy(buffer);
  return started;
}

bool cgrpc_client_call_receive_message(cgrpc_client_call *call, void *tag) {
  grpc_op operation;
  memset(&operation, 0, sizeof operation);
  grpc_op *end = add_message(&operation, call);
  return cgrpc_start(call->call, &operation, (size_t)(end - &operation), tag);
}

bool cgrpc_client_call_receive_status(cgrpc_client_call *call, void *tag) {
  grpc_op operation;
  memset(&operation, 0, sizeof operation);
  grpc_op *end = add_status(&operation, call);
  return cgrpc_start(call->call, &operation, (size_t)(end - &operation), tag);
}

cgrpc_slice *cgrpc_client_call_take_message(cgrpc_client_call *call) { return cgrpc_take_buffer(&call->message); }

int cgrpc_client_call_status(const cgrpc_client_call *call, const char **details, size_t *details_count) {
  *details = (const char *)GRPC_SLICE_START_PTR(call->details);
  *details_count = GRPC_SLICE_LENGTH(call->details);
  return (int)call->status;
}
