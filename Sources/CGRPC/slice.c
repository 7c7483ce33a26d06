#include "internal.h"

cgrpc_slice *cgrpc_slice_copying(const void *bytes, size_t count) {
  cgrpc_slice *slice = gpr_zalloc(sizeof *slice);
  slice->slice = count ? grpc_slice_from_copied_buffer(bytes, count) : grpc_empty_slice();
  return slice;
}

const uint8_t *cgrpc_slice_bytes(const cgrpc_slice *slice) { return GRPC_SLICE_START_PTR(slice->slice); }

size_t cgrpc_slice_count(const cgrpc_slice *slice) { return GRPC_SLICE_LENGTH(slice->slice); }

void cgrpc_slice_destroy(cgrpc_slice *slice) {
  grpc_slice_unref(slice->slice);
  gpr_free(slice);
}

grpc_byte_buffer *cgrpc_buffer_of(const cgrpc_slice *message) {
  grpc_slice slice = message->slice;
  return grpc_raw_byte_buffer_create(&slice, 1);
}

cgrpc_slice *cgrpc_take_buffer(grpc_byte_buffer **buffer) {
  if (!*buffer) return NULL;
  cgrpc_slice *slice = NULL;
  grpc_byte_buffer_reader reader;
  if (grpc_byte_buffer_reader_init(&reader, *buffer)) {
    slice = gpr_zalloc(sizeof *slice);
    slice->slice = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
  }
  grpc_byte_buffer_destroy(*buffer);
  *buffer = NULL;
  return slice;
}
