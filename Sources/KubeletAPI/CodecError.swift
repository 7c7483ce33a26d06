/// Why bytes are not the message they should be; names are those of the .proto files.
public enum CodecError: Error, Sendable, Equatable {
  /// The bytes do not follow protobuf's wire format, or not this message's fields. `field` is nil when the trouble starts
  /// between two fields; `offset` counts from the start of the bytes that `message` was read from.
  case malformed(message: String, field: String?, offset: Int, reason: String)
  /// A text that is not UTF-8.
  case invalidUTF8(message: String, field: String)
  /// A text with a NUL inside, which would end early wherever C reads it.
  case embeddedNUL(message: String, field: String)
}

extension CodecError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let message, let field, let offset, let reason):
      "\(field.map { "\(message).\($0)" } ?? message): \(reason) at byte \(offset)"
    case .invalidUTF8(let message, let field): "\(message).\(field): expected UTF-8, found other bytes"
    case .embeddedNUL(let message, let field): "\(message).\(field): expected text, found a NUL in it"
    }
  }
}
