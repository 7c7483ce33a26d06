import Glibc

/// A directory with all that is in it.
public struct DirectoryTree {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// Removes it; links are removed, never followed. What can't be removed stays.
  public func remove() {
    guard let directory = opendir(path) else {
      unlink(path)
      return
    }
    defer { rmdir(path) }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let child = "\(path)/\(name)"
      if entry.pointee.d_type == DT_DIR { DirectoryTree(child).remove() } else { unlink(child) }
    }
  }
}
