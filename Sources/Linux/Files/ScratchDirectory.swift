import CLinux
import Glibc
import Synchronization
import SystemPackage

/// A temporary directory of this run, below `$TMPDIR` or `/tmp`, or in memory.
///
/// It is locked, by flock(2), as long as the process lives. So a later run knows the directories of runs that were killed,
/// and removes them.
public struct ScratchDirectory: Sendable {
  /// The absolute path of the directory, e.g. `/tmp/devicepool-x3Ka9Q`.
  public let path: String

  /// Makes the directory with mkdtemp(3).
  ///
  /// - Parameter name: The beginning of the directory's name.
  public init(_ name: String) throws(FileError) {
    try self.init(name, below: getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")
  }

  /// Makes the directory below `/dev/shm`, for many thousand files: a disk can take minutes to remove them. Nil when `$TMPDIR`
  /// says where temporary files go, or that is no writable file system in memory.
  public init?(inMemory name: String) {
    guard getenv("TMPDIR") == nil, clinux_is_in_memory(Self.memory) != 0 else { return nil }
    do throws(FileError) { try self.init(name, below: Self.memory) } catch { return nil }
  }

  private static let memory = "/dev/shm"

  private init(_ name: String, below base: String) throws(FileError) {
    if Self.kept.withLock({ $0.swept.insert("\(base)/\(name)").inserted }) { Self.sweep(base, name) }
    path = try Self.kept.withLock { (kept) throws(FileError) in
      guard !kept.isOver else { throw FileError("mkdtemp", base, reason: "the program is ending") }
      let (path, lock) = try Self.makeLocked(base, name)
      kept.locks[path] = .some(lock)
      return path
    }
  }

  /// Makes a directory inside it, with mode 0755.
  public func make(_ name: String) throws(FileError) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw FileError("mkdir", "\(path)/\(name)", errno) }
  }

  /// Removes the directory with its contents.
  public func remove() {
    DirectoryTree(path).remove()
    Self.kept.withLock { _ = $0.locks.removeValue(forKey: path) }
  }

  /// Removes all directories of this run, also those that a thread still fills; no other can be made after this.
  public static func removeAll() {
    let paths = kept.withLock { kept in
      kept.isOver = true
      return kept.locks.keys
    }
    // A thread may make an entry between the last look into a directory and its removal, and the directories above an entry
    // anew. It ends by itself: the largest machine is unpacked within seconds.
    let deadline = ContinuousClock.now + .seconds(10)
    for path in paths {
      while access(path, F_OK) == 0, ContinuousClock.now < deadline {
        DirectoryTree(path).remove()
        usleep(1000)
      }
    }
  }

  private struct Kept {
    /// By path; nil where the file system has no locks.
    var locks: [String: Descriptor?] = [:]
    var swept: Set<String> = []
    var isOver = false
  }

  private static let kept = Mutex(Kept())

  private static func makeLocked(_ base: String, _ name: String) throws(FileError) -> (String, Descriptor?) {
    while true {
      var template = Array("\(base)/\(name)-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { throw FileError("mkdtemp", base, errno) }
      let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // Another run can take it for a leftover until it is locked.
      guard let lock = Descriptor(open(path, opening)) else {
        if errno == ENOENT { continue }
        throw FileError("open", path, errno)
      }
      guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
        if errno == EWOULDBLOCK { continue }
        return (path, nil)
      }
      if (try? FileIdentity(path: path)) == (try? FileIdentity(of: lock)) { return (path, lock) }
    }
  }

  /// Removes directories of that name whose run has ended: they are this user's, nobody else may enter them, and their
  /// lock is free.
  private static func sweep(_ base: String, _ name: String) {
    for entry in (try? DirectoryNames.read(base)) ?? [] where isName(entry, beginningWith: name) {
      let path = "\(base)/\(entry)"
      guard let lock = Descriptor(open(path, opening)), let facts = try? Stat(lock.file),
        facts.userID.rawValue == geteuid(), facts.permissions == .ownerReadWriteExecute,
        flock(lock.number, LOCK_EX | LOCK_NB) == 0
      else { continue }
      DirectoryTree(path).remove()
    }
  }

  private static let opening = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  /// Whether mkdtemp(3) would make `entry` of `NAME-XXXXXX`.
  private static func isName(_ entry: String, beginningWith name: String) -> Bool {
    guard entry.hasPrefix("\(name)-") else { return false }
    let rest = entry.utf8.dropFirst(name.utf8.count + 1)
    return rest.count == 6 && rest.allSatisfy { isalnum(Int32($0)) != 0 }
  }
}
