import CKubeletAPI

extension Recorded {
  /// Packs the message with protobuf-c.
  public func encoded() -> [UInt8] {
    let arena = Arena()
    let record = arena.record { fill(&$0, in: arena) }
    return withExtendedLifetime(arena) {
      // protobuf-c's functions take any message by its first member.
      let message = UnsafeMutableRawPointer(record).assumingMemoryBound(to: ProtobufCMessage.self)
      let size = protobuf_c_message_get_packed_size(message)
      // All empty arrays share one storage, and this initializer would write to it.
      guard size > 0 else { return [] }
      return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = protobuf_c_message_pack(message, buffer.baseAddress)
      }
    }
  }

  /// Checks the bytes with `WireFault`, then unpacks them with protobuf-c.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(CodecError) {
    let refused = CodecError.malformed(message: Struct.name, field: nil, offset: 0, reason: "refused by protobuf-c")
    guard let descriptor = Struct.descriptor else { throw refused }
    if let fault = WireFault.find(in: bytes, descriptor) { throw fault }
    // protobuf-c compares pointers into the bytes: there must be one.
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let unpacked = withUnsafePointer(to: 0 as UInt8) {
      protobuf_c_message_unpack(descriptor, nil, bytes.count, start ?? $0)
    }
    guard let unpacked else { throw refused }
    defer { protobuf_c_message_free_unpacked(unpacked, nil) }
    let record = UnsafeMutableRawPointer(unpacked).assumingMemoryBound(to: Struct.self)
    self = try Self(record.pointee, FieldReader())
  }
}
