import Glibc
import Linux

/// A file that another process replaces as a whole, read in one go.
enum BoundedFile {
  /// Throws `checkpoint` when the file cannot be read or is larger than `limit` bytes.
  static func read(_ path: String, limit: Int) throws(KubeletStateError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .checkpoint(path: path, reason: "\(Errno(errno))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      let error = errno
      if count == 0 { return bytes }
      if count < 0, error == EINTR { continue }
      guard count > 0 else { throw .checkpoint(path: path, reason: "\(Errno(error))") }
      bytes.append(contentsOf: chunk.prefix(count))
      guard bytes.count <= limit else {
        throw .checkpoint(path: path, reason: "expected at most \(limit) bytes, found more")
      }
    }
  }
}

extension KubeletCheckpoint {
  /// Reads and decodes the file.
  ///
  /// - Throws: When the file can't be read, has more than 64 MiB, or is not a checkpoint.
  public static func read(at path: String) throws(KubeletStateError) -> KubeletCheckpoint {
    try KubeletCheckpoint(decoding: BoundedFile.read(path, limit: 64 << 20), path: path)
  }
}
