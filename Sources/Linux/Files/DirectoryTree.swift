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
  public func remove() {
    guard let directory = Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) else {
      unlink(path)
      return
    }
    var children: [(name: String, isDirectory: Bool)] = []
    _ = DirectoryEntry.forEach(in: directory.number) { children.append(($0.text, $0.isDirectory)) }
    for (name, isDirectory) in children {
      let child = "\(path)/\(name)"
      if isDirectory { DirectoryTree(child).remove() } else { unlink(child) }
    }
    rmdir(path)
  }
}
