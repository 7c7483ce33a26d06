#include "internal.h"

#include <stdatomic.h>

static _Atomic(cgrpc_log_sink) log_sink;

static void forward(gpr_log_func_args *line) {
  cgrpc_log_sink sink = atomic_load(&log_sink);
  if (sink) sink((int)line->severity, line->file, line->line, line->message);
}

void cgrpc_log_redirect(cgrpc_log_sink sink) {
  atomic_store(&log_sink, sink);
  gpr_set_log_function(forward);
}

// Every object that outlives a single call holds one grpc_init, so that the order in which they go does not matter.

cgrpc_queue *cgrpc_queue_create(void) {
  cgrpc_trust_lock_order();
  grpc_init();
  cgrpc_queue *queue = gpr_zalloc(sizeof *queue);
  queue->queue = grpc_completion_queue_create_for_next(NULL);
  return queue;
}

bool cgrpc_queue_next(cgrpc_queue *queue, void **tag, bool *ok) {
  grpc_event event = grpc_completion_queue_next(queue->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
  if (event.type != GRPC_OP_COMPLETE) return false;
  *tag = event.tag;
  *ok = event.success != 0;
  return true;
}

void cgrpc_queue_shutdown(cgrpc_queue *queue) { grpc_completion_queue_shutdown(queue->queue); }

void cgrpc_queue_destroy(cgrpc_queue *queue) {
  grpc_completion_queue_destroy(queue->queue);
  gpr_free(queue);
  grpc_shutdown();
}
