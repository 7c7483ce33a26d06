import Glibc

/// A temporary directory of this run, below `$TMPDIR` or `/tmp`.
public struct ScratchDirectory: Sendable {
  /// The absolute path of the directory, e.g. `/tmp/devicepool-x3Ka9Q`.
  public let path: String

  /// Makes the directory with mkdtemp(3).
  ///
  /// - Parameter name: The beginning of the directory's name.
  public init(_ name: String) throws(FileError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("mkdtemp", base, errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes a directory inside it, with mode 0755.
  public func make(_ name: String) throws(FileError) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw FileError("mkdir", "\(path)/\(name)", errno) }
  }

  /// Removes the directory with its contents.
  public func remove() { DirectoryTree(path).remove() }
}
