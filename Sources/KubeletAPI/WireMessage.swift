/// A protobuf message that kubelet or a container runtime exchanges with us, as a Swift value.
public protocol WireMessage: Sendable, Equatable {
  /// Reads a serialised message. Unknown fields are skipped, absent ones have protobuf's defaults.
  ///
  /// Throws when the bytes are not such a message, or a text in it is not UTF-8 or contains NUL.
  init(decoding bytes: UnsafeRawBufferPointer) throws(CodecError)

  /// The serialised message; equal values give equal bytes (maps are written in the order of their keys).
  func encoded() -> [UInt8]
}

extension WireMessage {
  /// As `init(decoding:)` of a buffer pointer.
  public init(decoding bytes: [UInt8]) throws(CodecError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(CodecError) in try Self(decoding: buffer) }
    }
    self = try result.get()
  }
}
