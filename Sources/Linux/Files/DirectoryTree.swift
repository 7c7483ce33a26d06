import Glibc

/// A directory with all that is in it.
public struct DirectoryTree {
  let path: String

  public init(_ path: String) { self.path = path }

  /// Removes it; links are removed, never followed. What can't be removed stays.
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
