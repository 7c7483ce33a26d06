public import Glibc
import Synchronization
import SystemPackage

/// A file that readers see completely or not at all: it is written under a temporary name, then renamed.
///
/// The name may be free or lead to a regular file. Anything else is left as it is, and the write fails: a rename would
/// replace a device node, a FIFO or a link, and with it what the rest of the node uses.
public struct AtomicFile: Sendable {
  /// The path of the file, for messages.
  public let path: String
  private let directory: String
  private let name: String
  private let mode: mode_t
  /// The directory, kept open when several files are written there, so that its path is resolved once.
  private let opened: Descriptor?
  private let replaces: Replaced
  private let durability: Durability

  /// What a file outlives once it is written.
  public enum Durability: Sendable {
    /// A kill of this process, since the kernel has the contents.
    case process
    /// The loss of power too: the file and the directory's entry are on the disk when the write returns.
    case power
  }

  /// Which regular files a write may replace.
  private enum Replaced {
    /// For a command whose user names the file.
    case any
    /// For the daemon: its own user's files in directories that no other user can write to.
    case own
  }

  /// Names a file for a command: a write replaces any regular file there.
  public init(path: String, mode: mode_t) {
    self.path = path
    self.mode = mode
    opened = nil
    replaces = .any
    durability = .process
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// Names a file of the daemon: a write replaces only a regular file of the daemon's own user. `opened` is the result
  /// of `open(directory:)`.
  public init(
    _ name: String, in directory: String, opened: Descriptor? = nil, mode: mode_t,
    outlives durability: Durability = .process
  ) {
    self.name = name
    self.directory = directory
    self.opened = opened
    self.mode = mode
    replaces = .own
    self.durability = durability
    path = directory + "/" + name
  }

  /// Opens a directory for several files, so that its path is resolved once.
  ///
  /// - Returns: nil when it can't be opened, e.g. because it does not exist yet; `put` then makes it.
  public static func open(directory: String) -> Descriptor? {
    Descriptor(Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  private static let process = String(getpid())
  private static let spare = Atomic(0)
  private static let names = 100

  /// The directory that names are relative to; `place` gives the name from there.
  private var base: Int32 { opened?.number ?? AT_FDCWD }
  private func place(of name: String) -> String { opened == nil ? directory + "/" + name : name }

  /// Writes the file as a whole; readers see the old contents or the new ones.
  ///
  /// Corresponds to open(2), write(2), fchmod(2) and rename(2). The temporary name begins with a dot and has no
  /// extension that a reader looks for. A failed write leaves no temporary file.
  public func write(_ text: String) throws(FileError) {
    try checkPlace()
    let (file, temporary) = try openTemporary()
    do throws(FileError) {
      try fill(file, temporary, text)
      guard renameat(base, temporary, base, place(of: name)) == 0 else { throw FileError("rename", path, errno) }
    } catch {
      unlinkat(base, temporary, 0)
      throw error
    }
    if durability == .power { try syncDirectory() }
  }

  private func syncDirectory() throws(FileError) {
    guard let parent = opened ?? Self.open(directory: directory), fsync(parent.number) == 0 else {
      throw FileError("fsync", directory, errno)
    }
  }

  /// Throws when the write would replace something else than a regular file that it may replace.
  private func checkPlace() throws(FileError) {
    if replaces == .own { try checkDirectory() }
    let directory = FileDescriptor(rawValue: base)
    guard let facts = try? Stat(place(of: name), relativeTo: directory, flags: .symlinkNoFollow) else { return }
    let kind = FileKind(facts.rawValue.st_mode)
    guard kind == .regular else { throw FileError("write", path, reason: "it is \(kind): remove it") }
    guard replaces == .any || facts.userID.rawValue == geteuid() else {
      throw FileError("write", path, reason: "it belongs to user \(facts.userID.rawValue): remove it")
    }
  }

  /// Other users that can write to the directory could put a link or a device in the file's place after `checkPlace`.
  private func checkDirectory() throws(FileError) {
    // One that is missing is made, by us.
    guard let facts = try? opened.map({ try Stat($0.file) }) ?? Stat(directory) else { return }
    let isOpenToAll = facts.permissions.contains(.otherWrite) && !facts.permissions.contains(.saveText)
    guard [0, geteuid()].contains(facts.userID.rawValue), !isOpenToAll else {
      throw FileError(
        "write", path, reason: "other users can replace files in \(directory): make it root's, with mode 0755")
    }
  }

  /// Removes the file, unless something else has its name now.
  public func remove() {
    guard (try? checkPlace()) != nil else { return }
    unlinkat(base, place(of: name), 0)
  }

  /// Opens a new temporary file. Its name gets a counter when the plain one is taken, by another thread that writes the
  /// same file or by a process that was killed.
  private func openTemporary() throws(FileError) -> (file: Descriptor, name: String) {
    var temporary = ".\(name).\(Self.process)"
    var file = openNew(place(of: temporary))
    // The number of tries is bounded, for a file system that says so of every name.
    for _ in 0..<Self.names where file == nil && errno == EEXIST {
      temporary = ".\(name).\(Self.spare.add(1, ordering: .relaxed).newValue).\(Self.process)"
      file = openNew(place(of: temporary))
    }
    guard let file else { throw FileError("open", path, errno) }
    return (file, place(of: temporary))
  }

  private func openNew(_ temporary: String) -> Descriptor? {
    Descriptor(openat(base, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
  }

  private func fill(_ file: Descriptor, _ temporary: String, _ text: String) throws(FileError) {
    do throws(Errno) { try file.write(text.utf8) } catch { throw FileError("write", temporary, error.number) }
    guard fchmod(file.number, mode) == 0 else { throw FileError("chmod", temporary, errno) }
    guard durability == .process || fsync(file.number) == 0 else { throw FileError("fsync", temporary, errno) }
  }

  /// Writes the file unless it already has these contents, and makes missing directories above it. A file that must
  /// outlive a loss of power is always written, since the present one may not be on the disk yet.
  ///
  /// - Returns: false when the file was left as it is.
  public func put(_ text: String) throws(FileError) -> Bool {
    if durability == .process, SmallFile.holds(text, place(of: name), below: base) { return false }
    try makingDirectory { file throws(FileError) in try file.write(text) }
    return true
  }

  private func makingDirectory<Answer>(
    _ body: (AtomicFile) throws(FileError) -> Answer
  ) throws(FileError) -> Answer {
    do throws(FileError) { return try body(self) } catch {
      guard error.number == ENOENT else { throw error }
      try DirectoryTree(directory).make()
      // By its path: one that was opened is not there any more.
      return try body(AtomicFile(name, in: directory, mode: mode, outlives: durability))
    }
  }
}
