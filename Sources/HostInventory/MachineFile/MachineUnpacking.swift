import Glibc

extension MachineFile {
  /// Makes the machine's tree below `directory`, which must exist; then it can be the path of a `HostRoot`.
  ///
  /// Nodes become empty files: they are only asked whether they exist. Nothing that is there already is replaced.
  public func unpack(into directory: String) throws(HostInventoryError) {
    var made: Set<Substring> = []
    // Links last: until then no directory of the tree can be one.
    let inOrder = entries.sorted { a, b in (a.value.isLink ? 1 : 0, a.key) < (b.value.isLink ? 1 : 0, b.key) }
    for (path, entry) in inOrder {
      let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
      try Self.makeDirectories(parent, in: directory, made: &made)
      let place = "\(directory)/\(path)"
      switch entry {
      case .directory: try Self.makeDirectories(path[...], in: directory, made: &made)
      case .node: try Self.write([], to: place)
      case .file(let bytes): try Self.write(bytes, to: place)
      case .link(let target):
        guard symlink(target, place) == 0 else { throw .system(path: place, call: "symlink", code: errno) }
      }
    }
  }

  private static func makeDirectories(
    _ path: Substring, in directory: String, made: inout Set<Substring>
  ) throws(HostInventoryError) {
    guard !path.isEmpty, made.insert(path).inserted else { return }
    if let slash = path.lastIndex(of: "/") { try makeDirectories(path[..<slash], in: directory, made: &made) }
    let place = "\(directory)/\(path)"
    guard mkdir(place, 0o755) == 0 || errno == EEXIST else { throw .system(path: place, call: "mkdir", code: errno) }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(HostInventoryError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system(path: path, call: "open", code: errno) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(path: path, call: "write", code: errno) }
      rest = rest.dropFirst(count)
    }
  }
}

extension MachineFile.Entry {
  fileprivate var isLink: Bool {
    if case .link = self { true } else { false }
  }
}
