import JSONText

/// An object of the file with a fixed set of keys, read as Go's decoder reads it.
///
/// Case does not matter in keys. Of a repeated key the last one counts, but each is checked. null leaves a string,
/// number or flag unchanged and empties everything else. No value is converted.
struct ConfigObject {
  let path: ConfigPath
  let position: JSONPosition
  /// A list, because there are few keys.
  private var found: [(name: String, values: [JSONNode])] = []

  /// Returns nil, with an error in `log`, when `node` is not an object. Keys that are not among `keys` are reported,
  /// with the text of `hint` if it knows them.
  init?(
    _ node: JSONNode, at path: ConfigPath, keys: ConfigKeySet, log: inout ProblemLog,
    hint: (_ key: String) -> String? = { _ in nil }
  ) {
    guard let members = node.members else {
      log.wrongType(path, node, expected: "an object")
      return nil
    }
    self.path = path
    position = node.position
    for member in members {
      if let name = keys.name(for: member.key) {
        if let known = found.firstIndex(where: { $0.name == name }) {
          log.warning(path.key(name), at: member.position, "the key is repeated: its last value counts")
          found[known].values.append(member.value)
        } else {
          found.append((name, [member.value]))
        }
      } else {
        let advice = hint(member.key) ?? Self.suggestion(for: member.key, among: keys.keys)
        let problem = ConfigProblem(
          log.unknownKeys, path: path.member(member.key), reason: "unknown key, without effect\(advice)")
        log.add(problem, at: member.position)
      }
    }
  }

  private static func suggestion(for key: String, among keys: [ConfigKey]) -> String {
    let names = keys.filter { $0.type != .ignored }.map(\.name)
    return NearestWord.of(names, to: key).map { "; did you mean \($0)?" } ?? ""
  }

  /// The position of the value that counts; of the object when the key is missing.
  func position(of key: String) -> JSONPosition { allNodes(key).last?.position ?? position }

  func has(_ key: String) -> Bool { found.contains { $0.name == key } }

  /// The value that counts; nil when it is null or missing.
  func node(_ key: String) -> JSONNode? {
    guard let last = allNodes(key).last, !last.isNull else { return nil }
    return last
  }

  /// Every value of the key that is not null, in the file's order.
  func nodes(_ key: String) -> [JSONNode] { allNodes(key).filter { !$0.isNull } }

  /// Every value of the key, nulls too.
  func allNodes(_ key: String) -> [JSONNode] { found.first { $0.name == key }?.values ?? [] }
}

extension ConfigObject {
  func text(_ key: String, log: inout ProblemLog) -> String? {
    scalar(key, expected: "a string", log: &log) { $0.string }
  }

  func flag(_ key: String, log: inout ProblemLog) -> Bool? {
    scalar(key, expected: "true or false", log: &log) { $0.bool }
  }

  func integer(_ key: String, in range: ClosedRange<Int>, log: inout ProblemLog) -> Int? {
    scalar(key, expected: "an integer from \(range.lowerBound) to \(range.upperBound)", log: &log) { node in
      node.int.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// An integer within the bounds that the reference names.
  func integer(_ key: String, of scope: ConfigKey.Scope, log: inout ProblemLog) -> Int? {
    guard case .integer(let range)? = ConfigKeySet.of(scope)[key]?.type else { return nil }
    return integer(key, in: range, log: &log)
  }

  /// The path of a UNIX socket, with or without `unix://`; nil when it is absent or empty.
  func socketPath(_ key: String, log: inout ProblemLog) -> String? {
    guard let text = text(key, log: &log), !text.isEmpty else { return nil }
    let socket = text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : text
    if !socket.hasPrefix("/") || socket.utf8.contains(0) || socket.utf8.count > 107 {
      log.error(
        path.key(key), at: position(of: key),
        "found \(text.quoted), expected the absolute path of a socket of at most 107 bytes")
    }
    return socket
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ choices: Choice.Type, log: inout ProblemLog
  ) -> Choice? {
    scalar(key, expected: choices.expectation, log: &log) { $0.string.flatMap(Choice.init) }
  }

  /// - Returns: Nil when the list is missing or null. An item that is not a string becomes the empty string.
  func texts(_ key: String, log: inout ProblemLog) -> [String]? {
    list(key, log: &log) { item, path, log in
      if item.isNull {
        log.warning(path, at: item.position, "null counts as the empty string here")
      } else if item.string == nil {
        log.wrongType(path, item, expected: "a string")
      }
      return item.string ?? ""
    }
  }

  func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ choices: Choice.Type, log: inout ProblemLog
  ) -> [Choice]? {
    list(key, log: &log) { item, path, log in
      let choice = item.string.flatMap(Choice.init)
      if choice == nil { log.wrongType(path, item, expected: choices.expectation) }
      return choice
    }
  }

  private func list<Item>(
    _ key: String, log: inout ProblemLog, read: (JSONNode, ConfigPath, inout ProblemLog) -> Item?
  ) -> [Item]? {
    var list: [Item]?
    for node in allNodes(key) {
      if node.array == nil, !node.isNull { log.wrongType(path.key(key), node, expected: "a list of strings") }
      list = node.array.map { items in
        items.enumerated().compactMap { index, item in read(item, path.key(key)[index], &log) }
      }
    }
    return list
  }

  private func scalar<Value>(
    _ key: String, expected: @autoclosure () -> String, log: inout ProblemLog, read: (JSONNode) -> Value?
  ) -> Value? {
    var value: Value?
    for node in nodes(key) {
      if let read = read(node) {
        value = read
      } else {
        log.wrongType(path.key(key), node, expected: expected())
      }
    }
    return value
  }
}

extension RawRepresentable<String> where Self: CaseIterable {
  /// `a, b or c`.
  fileprivate static var expectation: String { allCases.map(\.rawValue).alternatives }
}
