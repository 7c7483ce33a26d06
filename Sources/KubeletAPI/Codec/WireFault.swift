import CKubeletAPI

/// Finds the place where bytes stop being a valid message.
///
/// protobuf-c does not tell the place when it refuses bytes, takes a bool of any wire type, and needs time that grows with
/// the square of their number to merge single messages that are repeated. So it gets valid bytes only.
struct WireFault {
  private let bytes: UnsafeRawBufferPointer
  private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  private var position = 0
  private var field: UnsafePointer<ProtobufCFieldDescriptor>?
  /// Single messages that have come, one bit per field number; ours are below 64.
  private var seen: UInt64 = 0

  /// nil when nothing is wrong.
  static func find(
    in bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> CodecError? {
    var fault = WireFault(bytes: bytes, descriptor: descriptor)
    return fault.next()
  }

  private init(bytes: UnsafeRawBufferPointer, descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    self.bytes = bytes
    self.descriptor = descriptor
  }

  private mutating func next() -> CodecError? {
    while position < bytes.count {
      field = nil
      guard let tag = varint() else { return error("a truncated or over-long tag") }
      guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { return error("\(tag >> 3) is not a field number") }
      field = protobuf_c_message_descriptor_get_field(descriptor, UInt32(tag >> 3))
      if let fault = value(wireType: tag & 7) { return fault }
    }
    return nil
  }

  private mutating func value(wireType: UInt64) -> CodecError? {
    if let field, !Self.accepts(field.pointee, wireType: wireType) {
      return error("wire type \(wireType) is not that of the field")
    }
    switch wireType {
    case 0: return varint() == nil ? error("a truncated or over-long number") : nil
    case 1: return skip(8)
    case 5: return skip(4)
    case 2:
      guard let length = varint() else { return error("a truncated or over-long length") }
      let start = position
      guard length <= UInt64(bytes.count - start) else {
        return error("expected \(length) more bytes, found \(bytes.count - start)")
      }
      position += Int(length)
      return inner(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    default: return error("wire type \(wireType) is not known")
    }
  }

  private mutating func inner(_ bytes: UnsafeRawBufferPointer) -> CodecError? {
    guard let field, field.pointee.type == PROTOBUF_C_TYPE_MESSAGE, let inner = field.pointee.descriptor else {
      return nil
    }
    if field.pointee.label != PROTOBUF_C_LABEL_REPEATED {
      let bit: UInt64 = 1 << UInt64(field.pointee.id)
      guard seen & bit == 0 else { return error("expected the field once, found it again") }
      seen |= bit
    }
    return Self.find(in: bytes, inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
  }

  private mutating func skip(_ count: Int) -> CodecError? {
    guard count <= bytes.count - position else {
      return error("expected \(count) more bytes, found \(bytes.count - position)")
    }
    position += count
    return nil
  }

  private static func accepts(_ field: ProtobufCFieldDescriptor, wireType: UInt64) -> Bool {
    switch field.type {
    case PROTOBUF_C_TYPE_MESSAGE, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_STRING: wireType == 2
    default: wireType == 0 || (wireType == 2 && field.label == PROTOBUF_C_LABEL_REPEATED)
    }
  }

  /// nil when it does not end within the bytes, or within ten of them.
  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<10 where position + index < bytes.count {
      let byte = bytes[position + index]
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      if byte < 0x80 {
        position += index + 1
        return value
      }
    }
    return nil
  }

  private func error(_ reason: String) -> CodecError {
    .malformed(
      message: String(cString: descriptor.pointee.short_name), field: field.map { String(cString: $0.pointee.name) },
      offset: position, reason: reason)
  }
}
