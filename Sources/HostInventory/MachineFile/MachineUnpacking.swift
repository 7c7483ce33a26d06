import Glibc
import Linux

extension MachineFile {
  /// What equal files and links of an unpacked machine share.
  public enum Sharing: Sendable {
    /// Each file is one of its own, as on a host.
    case nothing
    /// They are one file with many names: the functions of a machine are much alike, and new files are what takes time.
    /// Nobody may write into such a tree.
    case equalFiles
  }

  /// Creates the machine's files below `directory`, which must exist; it can then be the path of a `HostRoot`.
  ///
  /// Nodes become empty files, because only their existence matters. Existing files are not replaced.
  public func unpack(into directory: String, sharing: Sharing = .nothing) throws(HostInventoryError) {
    var unpacking = MachineUnpacking(directory: directory, sharing: sharing)
    // Links last: until then no directory of the tree can be one.
    let inOrder = entries.sorted { a, b in (a.value.isLink ? 1 : 0, a.key) < (b.value.isLink ? 1 : 0, b.key) }
    for (path, entry) in inOrder { try unpacking.make(path, entry) }
  }
}

/// A tree that is being written.
private struct MachineUnpacking {
  let directory: String
  let sharing: MachineFile.Sharing
  private var made: Set<Substring> = []
  /// Where an entry was made last.
  private var places: [MachineFile.Entry: String] = [:]

  init(directory: String, sharing: MachineFile.Sharing) {
    self.directory = directory
    self.sharing = sharing
  }

  mutating func make(_ path: String, _ entry: MachineFile.Entry) throws(HostInventoryError) {
    try makeDirectories(path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? "")
    let place = "\(directory)/\(path)"
    switch entry {
    case .directory: try makeDirectories(path[...])
    case .node: try write([], to: place)
    case .file(let bytes): if !shares(entry, at: place) { try write(bytes, to: place) }
    case .link(let target):
      guard shares(entry, at: place) || symlink(target, place) == 0 else {
        throw .system(path: place, call: "symlink", code: errno)
      }
    }
  }

  /// Whether `place` is now one more name of an equal entry. A file has only so many names.
  private mutating func shares(_ entry: MachineFile.Entry, at place: String) -> Bool {
    guard sharing == .equalFiles else { return false }
    if let first = places[entry], link(first, place) == 0 { return true }
    places[entry] = place
    return false
  }

  private mutating func makeDirectories(_ path: Substring) throws(HostInventoryError) {
    guard !path.isEmpty, made.insert(path).inserted else { return }
    if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { try makeDirectories(path[..<slash]) }
    let place = "\(directory)/\(path)"
    guard mkdir(place, 0o755) == 0 || errno == EEXIST else { throw .system(path: place, call: "mkdir", code: errno) }
  }

  private func write(_ bytes: [UInt8], to path: String) throws(HostInventoryError) {
    guard let file = Descriptor(open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)) else {
      throw .system(path: path, call: "open", code: errno)
    }
    do throws(Errno) { try file.write(bytes) } catch { throw .system(path: path, call: "write", code: error.number) }
  }
}

extension MachineFile.Entry {
  fileprivate var isLink: Bool {
    if case .link = self { true } else { false }
  }
}
