/// A pointer to an object of the gRPC core, kept by the one class that owns the object and frees it.
///
/// Sendable because the core allows its functions to be called from any thread. What it writes into a call is read
/// only after the completion queue has delivered the operation that wrote it.
struct Handle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }
}
