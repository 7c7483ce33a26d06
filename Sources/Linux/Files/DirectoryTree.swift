public import Glibc

/// A directory with everything in it.
public struct DirectoryTree: Sendable {
  let path: String

  /// Names the directory; nothing is opened yet.
  public init(_ path: String) { self.path = path }

  /// Makes the directory and those above it, where they are missing.
  public func make(mode: mode_t = 0o755) throws(FileError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if mkdir(made, mode) != 0, errno != EEXIST { throw FileError("mkdir", made, errno) }
    }
  }

  /// Removes the directory and its contents. Symbolic links are removed, not followed. What can't be removed stays,
  /// without an error.
  public func remove() { Self.remove(path, below: AT_FDCWD) }

  /// Goes from descriptor to descriptor, so that nobody can put a link into the place of a directory meanwhile.
  private static func remove(_ name: String, below parent: Int32) {
    guard let directory = Descriptor(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) else {
      unlinkat(parent, name, 0)
      return
    }
    var children: [(name: String, mayBeDirectory: Bool)] = []
    _ = DirectoryEntry.forEach(in: directory.number) { children.append(($0.text, $0.mayBeDirectory)) }
    for child in children {
      if child.mayBeDirectory {
        remove(child.name, below: directory.number)
      } else {
        unlinkat(directory.number, child.name, 0)
      }
    }
    unlinkat(parent, name, AT_REMOVEDIR)
  }
}
