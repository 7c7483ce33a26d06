import CKubeletAPI

extension Recorded {
  public func encoded() -> [UInt8] {
    let arena = Arena()
    let record = arena.record { fill(&$0, in: arena) }
    return withExtendedLifetime(arena) {
      // protobuf-c's functions take any message by its first member.
      let message = UnsafeMutableRawPointer(record).assumingMemoryBound(to: ProtobufCMessage.self)
      let size = protobuf_c_message_get_packed_size(message)
      return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = size == 0 ? 0 : protobuf_c_message_pack(message, buffer.baseAddress)
      }
    }
  }

  public init(decoding bytes: UnsafeRawBufferPointer) throws(CodecError) {
    // protobuf-c takes nil for "no bytes" badly.
    let empty: UInt8 = 0
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let unpacked = withUnsafePointer(to: empty) {
      protobuf_c_message_unpack(Struct.descriptor, nil, bytes.count, start ?? $0)
    }
    guard let unpacked else { throw WireFault.find(in: bytes, Struct.self) }
    defer { protobuf_c_message_free_unpacked(unpacked, nil) }
    let record = UnsafeMutableRawPointer(unpacked).assumingMemoryBound(to: Struct.self)
    self = try Self(record.pointee, FieldReader())
  }
}
