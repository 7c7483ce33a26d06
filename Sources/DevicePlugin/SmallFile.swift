import Glibc

/// A whole file that people write: a configuration, a spec.
enum SmallFile {
  /// Larger files are refused: no configuration comes near it.
  static let limit = 16 << 20

  static func read(_ path: String) throws(FileError) -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  static func bytes(_ path: String) throws(FileError) -> [UInt8] {
    // A FIFO would hold the open for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path, errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw FileError("read", path, EFBIG) }
    }
  }
}
