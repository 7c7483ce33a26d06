import Glibc

/// A directory of this run's own, below TMPDIR or /tmp.
public struct ScratchDirectory: Sendable {
  public let path: String

  /// - Parameter name: how its name begins.
  public init(_ name: String) throws(FileError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("mkdtemp", base, errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes a directory in it.
  public func make(_ name: String) throws(FileError) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw FileError("mkdir", "\(path)/\(name)", errno) }
  }

  /// Removes the directory with its contents.
  public func remove() { DirectoryTree(path).remove() }
}
