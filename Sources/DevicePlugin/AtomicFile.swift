public import Glibc

/// A file that a reader sees whole or not at all: written under a temporary name, then renamed.
public struct AtomicFile: Sendable {
  let path: String
  private let directory: String
  private let name: Substring
  private let mode: mode_t

  public init(path: String, mode: mode_t) {
    self.path = path
    self.mode = mode
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    name = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
    directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// The temporary name begins with a dot and has no extension that a reader looks for. Nothing is left behind when it
  /// fails. Corresponds to open(2), write(2), fchmod(2), rename(2).
  public func write(_ text: String) throws(FileError) {
    let temporary = "\(directory)/.\(name).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError("open", temporary, errno) }
    do throws(FileError) {
      try fill(descriptor, temporary, text)
      guard rename(temporary, path) == 0 else { throw FileError("rename", path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func fill(_ descriptor: Int32, _ temporary: String, _ text: String) throws(FileError) {
    defer { close(descriptor) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileError("write", temporary, written < 0 ? errno : EIO) }
      bytes = bytes.dropFirst(written)
    }
    guard fchmod(descriptor, mode) == 0 else { throw FileError("chmod", temporary, errno) }
  }

  /// As `write`, with the directories above it made when they are missing.
  func writeMakingDirectory(_ text: String) throws(FileError) {
    do throws(FileError) { try write(text) } catch {
      guard error.number == ENOENT else { throw error }
      try makeDirectory()
      try write(text)
    }
  }

  /// The directories above it, made when they are missing.
  private func makeDirectory(mode: mode_t = 0o755) throws(FileError) {
    var made = ""
    for part in directory.split(separator: "/") {
      made += "/\(part)"
      if mkdir(made, mode) != 0, errno != EEXIST { throw FileError("mkdir", made, errno) }
    }
  }
}

/// A system call on a file that failed.
public struct FileError: Error, Equatable, CustomStringConvertible {
  let operation: String
  let path: String
  let number: Int32

  init(_ operation: String, _ path: String, _ number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
  }

  public var description: String { "\(operation) \(path): \(String(cString: strerror(number)))" }
}
