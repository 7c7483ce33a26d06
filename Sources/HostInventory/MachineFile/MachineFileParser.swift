extension MachineFile {
  /// Parses the text.
  ///
  /// - Throws: `machineFile`, with the line of the first mistake.
  public init(parsing text: String) throws(HostInventoryError) {
    var parser = MachineFileParser()
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      // An editor may have ended the lines with CR LF; the recorder writes no bare CR.
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      do throws(MachineLineError) { try parser.take(Substring(line)) } catch {
        throw .machineFile(line: number, reason: error.reason)
      }
    }
    guard let machine = parser.machine else { throw .machineFile(line: 1, reason: MachineFileParser.noTitle) }
    self = machine
    try refuseEntriesBelowLinks(parser.lines)
  }

  /// A directory that is a link would let an entry land elsewhere than its path says.
  private func refuseEntriesBelowLinks(_ lines: [String: Int]) throws(HostInventoryError) {
    var known: Set<Substring> = []
    for path in entries.keys.sorted() {
      var parent = Substring(path)
      while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")) {
        parent = parent[..<slash]
        // Those above it too.
        guard known.insert(parent).inserted else { break }
        switch entries[String(parent)] {
        case nil, .directory: continue
        default:
          throw .machineFile(line: lines[path] ?? 0, reason: "expected a directory above it, but '\(parent)' is none")
        }
      }
    }
  }
}

/// What is wrong with one line.
struct MachineLineError: Error {
  let reason: String
}

/// The lines read so far.
struct MachineFileParser {
  static let noTitle = "expected 'machine TITLE' in the first line"

  private(set) var machine: MachineFile?
  /// Where each path was given.
  private(set) var lines: [String: Int] = [:]
  private var number = 0
  /// The file that a `|` line continues.
  private var open: String?
  /// The file above ended with `\c`.
  private var isClosed = false

  mutating func take(_ line: Substring) throws(MachineLineError) {
    number += 1
    guard machine != nil else {
      guard line.hasPrefix("machine "), let title = MachineText.word(line.dropFirst(8)) else {
        throw MachineLineError(reason: Self.noTitle)
      }
      machine = MachineFile(title: title)
      return
    }
    let content = Substring(line.utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
    if content.isEmpty || content.hasPrefix("#") { return }
    if content.hasPrefix("|") { return try continueFile(content.dropFirst()) }
    open = nil
    let (keyword, rest) = Self.cut(content)
    switch keyword {
    case "file": try takeFile(rest)
    case "link": try takeLink(rest)
    case "dir": try add(rest, .directory)
    case "node": try add(rest, .node)
    case "fact": try machine?.kernel.take(fact: rest)
    default: throw MachineLineError(reason: "expected file, link, dir, node or fact, found '\(keyword)'")
    }
  }

  private mutating func takeFile(_ rest: Substring) throws(MachineLineError) {
    let (path, value) = Self.cut(rest)
    let isEmpty = rest.utf8.count == path.utf8.count
    let name = try add(path, .file(isEmpty ? [] : try bytes(value)))
    open = isEmpty ? nil : name
  }

  private mutating func continueFile(_ text: Substring) throws(MachineLineError) {
    guard let open, case .file(let above)? = machine?.entries[open] else {
      throw MachineLineError(reason: "expected a file with a value above a line with '|'")
    }
    if isClosed { throw MachineLineError(reason: "expected nothing after a line that ends with \\c") }
    let value = try bytes(text.first == " " ? text.dropFirst() : text)
    machine?.entries[open] = .file(above + value)
  }

  private mutating func bytes(_ value: Substring) throws(MachineLineError) -> [UInt8] {
    var text = value
    // An escaped backslash before a c is no \c.
    let trailing = text.hasSuffix("\\c") ? text.dropLast().reversed().prefix { $0 == "\\" }.count : 0
    isClosed = trailing % 2 == 1
    if isClosed { text = text.dropLast(2) }
    guard let bytes = MachineText.unescape(text) else {
      throw MachineLineError(reason: "expected \\s, \\t, \\n, \\\\ or \\xHH after a backslash, found '\(value)'")
    }
    return isClosed ? bytes : bytes + [UInt8(ascii: "\n")]
  }

  private mutating func takeLink(_ rest: Substring) throws(MachineLineError) {
    let (path, arrow) = Self.cut(rest)
    guard arrow.hasPrefix("-> "), let target = MachineText.word(arrow.dropFirst(3)), !target.isEmpty else {
      throw MachineLineError(reason: "expected 'link PATH -> TARGET'")
    }
    let name = try add(path, .link(target))
    // `..` only in front: behind a name that is itself a link it would lead elsewhere than it reads.
    let parts = target.split(separator: "/", omittingEmptySubsequences: false)
    let up = parts.prefix { $0 == ".." }.count
    let depth = name.split(separator: "/").count - 1
    guard up <= depth, parts.dropFirst(up).allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw MachineLineError(reason: "expected a relative target that stays below the root, found '\(target)'")
    }
  }

  @discardableResult
  private mutating func add(_ path: Substring, _ entry: MachineFile.Entry) throws(MachineLineError) -> String {
    guard let name = MachineText.word(path), !name.isEmpty, !name.contains("\n"),
      name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }
      )
    else { throw MachineLineError(reason: "expected a path relative to the root, without '..', found '\(path)'") }
    guard machine?.entries[name] == nil else { throw MachineLineError(reason: "'\(name)' was given before") }
    machine?.entries[name] = entry
    lines[name] = number
    return name
  }

  /// The first word and what follows the blank behind it.
  static func cut(_ text: Substring) -> (Substring, Substring) {
    guard let blank = text.utf8.firstIndex(of: UInt8(ascii: " ")) else { return (text, "") }
    return (text[..<blank], text[text.utf8.index(after: blank)...])
  }
}
