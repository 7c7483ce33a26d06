import Glibc

/// The names in a directory.
public enum DirectoryNames {
  /// The names in `path` in byte order, without `.` and `..`.
  public static func read(_ path: String) throws(Errno) -> [String] {
    guard let directory = Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else { throw Errno.current }
    var names: [String] = []
    let error = DirectoryEntry.forEach(in: directory.number) { names.append($0.text) }
    guard error == 0 else { throw Errno(error) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
