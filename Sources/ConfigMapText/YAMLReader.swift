import CYAML

/// Reads all documents of a YAML text into nodes; the only caller of libyaml.
struct YAMLReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let source: UnsafeMutableBufferPointer<UInt8>
  /// Where each character begins, because libyaml counts characters; nil means that each is one byte.
  private let characterStarts: [Int]?

  /// Manifests are a dozen levels deep; a much deeper text is not a manifest and would only cost stack.
  private static let maximumDepth = 100

  /// Copies the text: libyaml reads from it until the reader is gone.
  init(_ bytes: [UInt8]) throws(ConfigMapError) {
    parser = .allocate(capacity: 1)
    source = .allocate(capacity: bytes.count)
    _ = source.initialize(from: bytes)
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    // YAML allows a byte order mark. With a fixed encoding, which is set below, libyaml does not skip it.
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    characterStarts = isASCII ? nil : bytes.indices.dropFirst(start).filter { bytes[$0] & 0xC0 != 0x80 }
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      source.deallocate()
      throw .unreadable(line: 1, column: 1, reason: "out of memory")
    }
    yaml_parser_set_input_string(parser, source.baseAddress.map { $0 + start }, source.count - start)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    source.deallocate()
  }

  func documents() throws(ConfigMapError) -> [YAMLNode] {
    var documents: [YAMLNode] = []
    while true {
      switch try next() {
      case .streamEnd: return documents
      case .startOther, .end: continue
      case let event: documents.append(try node(event, depth: 0))
      }
    }
  }

  private enum Event {
    case streamEnd
    /// A stream or document begins.
    case startOther
    /// A document, mapping or sequence ends.
    case end
    case mapping, sequence, alias
    case scalar(YAMLScalar)
  }

  private func node(_ event: Event, depth: Int) throws(ConfigMapError) -> YAMLNode {
    guard depth < Self.maximumDepth else {
      throw .unreadable(line: line, column: column, reason: "nested deeper than \(Self.maximumDepth)")
    }
    switch event {
    case .scalar(let scalar): return .scalar(scalar)
    case .mapping: return .mapping(try members(depth: depth))
    case .sequence: return .sequence(try items(depth: depth))
    default: return .alias
    }
  }

  private func items(depth: Int) throws(ConfigMapError) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while true {
      let event = try next()
      if case .end = event { return items }
      items.append(try node(event, depth: depth + 1))
    }
  }

  private func members(depth: Int) throws(ConfigMapError) -> [(key: String, value: YAMLNode)] {
    var members: [(key: String, value: YAMLNode)] = []
    while true {
      let event = try next()
      if case .end = event { return members }
      let key = try node(event, depth: depth + 1)
      let value = try node(try next(), depth: depth + 1)
      if let name = key.text { members.append((name, value)) }
    }
  }

  private func next() throws(ConfigMapError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let reason = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
      throw .unreadable(line: line, column: column, reason: reason)
    }
    defer { yaml_event_delete(&event) }
    switch event.type {
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
    case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT: return .startOther
    case YAML_MAPPING_START_EVENT: return .mapping
    case YAML_SEQUENCE_START_EVENT: return .sequence
    case YAML_ALIAS_EVENT: return .alias
    case YAML_SCALAR_EVENT: return .scalar(scalar(event))
    default: return .end
    }
  }

  private func scalar(_ event: yaml_event_t) -> YAMLScalar {
    let scalar = event.data.scalar
    let style: YAMLScalar.Style =
      switch scalar.style {
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      default: .other
      }
    let bytes = Array(UnsafeBufferPointer(start: scalar.value, count: scalar.length))
    let index = event.start_mark.index
    let offset = characterStarts.map { $0.indices.contains(index) ? $0[index] : source.count } ?? index
    return YAMLScalar(bytes: bytes, style: style, offset: offset)
  }

  // Marks count from 0.
  private var line: Int { parser.pointee.problem_mark.line + 1 }
  private var column: Int { parser.pointee.problem_mark.column + 1 }
}
