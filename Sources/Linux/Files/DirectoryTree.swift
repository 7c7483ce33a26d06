import Glibc

/// A directory with everything in it.
public struct DirectoryTree {
  let path: String

  /// Names the directory; nothing is opened yet.
  public init(_ path: String) { self.path = path }

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
