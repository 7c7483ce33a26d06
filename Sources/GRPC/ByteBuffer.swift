import CGRPC

/// The bytes of one message, immutable and shared by reference, so that sending one buffer to many streams copies
/// nothing.
///
/// Owns a `grpc_slice`.
public final class ByteBuffer: Sendable {
  let slice: Handle

  /// Copies the bytes of an encoded message.
  public convenience init(_ bytes: [UInt8]) {
    self.init(adopting: bytes.withUnsafeBytes { cgrpc_slice_copying($0.baseAddress, $0.count) })
  }

  init(adopting slice: OpaquePointer) {
    self.slice = Handle(slice)
  }

  deinit {
    cgrpc_slice_destroy(slice.pointer)
  }

  /// The number of bytes.
  public var count: Int { cgrpc_slice_count(slice.pointer) }

  /// A copy of the bytes.
  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Calls `body` with the bytes; the pointer is valid only until `body` returns.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: cgrpc_slice_bytes(slice.pointer), count: count))
  }
}
