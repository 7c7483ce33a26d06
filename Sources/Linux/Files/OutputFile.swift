import Glibc

/// The file that the user of a command names for its output.
public struct OutputFile: Sendable {
  private let path: String

  /// Names the file; nothing is opened yet.
  public init(path: String) { self.path = path }

  /// Writes the output. A regular file is replaced as a whole; a device, a FIFO or the target of a symbolic link is
  /// written into, as a shell's `>` does.
  public func write(_ text: String) throws(FileError) {
    switch FileKind(path: path) {
    case .regular, nil: try AtomicFile(path: path, mode: 0o644).write(text)
    case .link: try writeInPlace(text, O_CREAT | O_TRUNC)
    default: try writeInPlace(text, 0)
    }
  }

  private func writeInPlace(_ text: String, _ flags: Int32) throws(FileError) {
    guard let file = Descriptor(open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0o644)) else {
      throw FileError("open", path, errno)
    }
    do throws(Errno) { try file.write(text.utf8) } catch { throw FileError("write", path, error.number) }
  }
}
