/// A value of a YAML document, as far as Kubernetes manifests need it.
indirect enum YAMLNode: Sendable {
  case scalar(YAMLScalar)
  /// In the text's order, repeated keys included; a key that is no scalar is left out.
  case mapping([(key: String, value: YAMLNode)])
  case sequence([YAMLNode])
  /// `*anchor`: not followed.
  case alias

  /// The value of the last such key.
  subscript(key: String) -> YAMLNode? {
    guard case .mapping(let members) = self else { return nil }
    return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  var text: String? {
    if case .scalar(let scalar) = self { String(decoding: scalar.bytes, as: UTF8.self) } else { nil }
  }
}

/// A scalar's content and where it is written.
struct YAMLScalar: Sendable {
  enum Style: Sendable {
    case literal, doubleQuoted, other
  }
  let bytes: [UInt8]
  let style: Style
  /// Byte offset of its first character in the source: the quote, or the `|` of a block.
  let offset: Int
}
