/// A protobuf message of kubelet's or the container runtime's API, as a Swift value.
public protocol WireMessage: Sendable, Equatable {
  /// Decodes a serialised message. Unknown fields are skipped; absent fields have protobuf's defaults.
  ///
  /// - Throws: When the bytes are not such a message, or a text in it is not UTF-8 or contains NUL.
  init(decoding bytes: UnsafeRawBufferPointer) throws(CodecError)

  /// Encodes the message. Equal values give equal bytes: maps are written in the order of their keys.
  func encoded() -> [UInt8]
}

extension WireMessage {
  /// Decodes a serialised message from an array.
  public init(decoding bytes: [UInt8]) throws(CodecError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(CodecError) in try Self(decoding: buffer) }
    }
    self = try result.get()
  }
}
