import Glibc

/// Where a command writes what its user asked for.
public struct OutputFile: Sendable {
  private let path: String

  public init(path: String) { self.path = path }

  /// Replaces a regular file as a whole, or makes a new one. A device, a FIFO or what a symbolic link leads to is written
  /// into, as a shell's `>` does.
  public func write(_ text: String) throws(FileError) {
    switch FileKind(path: path) {
    case .regular, nil: try AtomicFile(path: path, mode: 0o644).write(text)
    case .link: try writeInPlace(text, O_CREAT | O_TRUNC)
    default: try writeInPlace(text, 0)
    }
  }

  private func writeInPlace(_ text: String, _ flags: Int32) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0o644)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    let code = AtomicFile.write(text, to: descriptor)
    guard code == 0 else { throw FileError("write", path, code) }
  }
}
