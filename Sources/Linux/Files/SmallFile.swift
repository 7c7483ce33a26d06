public import Glibc
import SystemPackage

/// Reads whole files of at most 16 MiB, such as a configuration or a CDI spec.
public enum SmallFile {
  /// Bytes. A larger file is refused. No configuration comes near this size.
  public static let limit = 16 << 20

  /// Reads a file as text; bytes that are not UTF-8 become U+FFFD.
  public static func read(_ path: String, limit: Int = limit) throws(FileError) -> String {
    String(decoding: try bytes(path, limit: limit), as: UTF8.self)
  }

  /// Whether reading a FIFO waits for its writer.
  public enum Patience: Sendable {
    /// Does not wait. The daemon reads this way, so that a FIFO can't block it.
    case none
    /// Waits until the writer has closed it. A command reads this way, for a shell's `<(kubectl get …)`.
    case untilItsEnd
  }

  /// Reads the bytes of a file.
  public static func bytes(
    _ path: String, _ patience: Patience = .none, limit: Int = limit
  ) throws(FileError) -> [UInt8] {
    // Opening a FIFO would block until a writer comes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (patience == .none ? O_NONBLOCK : 0))
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    return try bytes(of: descriptor, path, limit: limit)
  }

  /// Reads what is left in an open file; the descriptor stays open. `path` is for messages.
  public static func bytes(
    of descriptor: Int32, _ path: String, limit: Int = limit
  ) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      do {
        if try readMore(of: FileDescriptor(rawValue: descriptor), into: &bytes) == 0 { return bytes }
      } catch { throw FileError("read", path, Errno(thrown: error).number) }
      guard bytes.count <= limit else { throw Self.excess(path, limit) }
    }
  }

  private static func excess(_ path: String, _ limit: Int) -> FileError {
    FileError("read", path, reason: "it is larger than \(limit >> 20) MiB")
  }

  /// Whether the path is a regular file with exactly this text. A relative path starts at the open directory `base`; a
  /// link or a device is not opened.
  public static func holds(_ text: String, _ path: String, below base: Int32 = AT_FDCWD) -> Bool {
    guard FileKind(path: path, below: base) == .regular else { return false }
    let descriptor = openat(base, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var text = text
    return text.withUTF8 { text in
      // One read returns a whole file; room for one byte more shows that the file is longer.
      withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { room in
        guard let found = room.baseAddress, let wanted = text.baseAddress else { return false }
        return Glibc.read(descriptor, found, room.count) == text.count && memcmp(found, wanted, text.count) == 0
      }
    }
  }

  private static func readMore(of descriptor: FileDescriptor, into bytes: inout [UInt8]) throws -> Int {
    try withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { room in
      let count = try descriptor.read(into: room)
      bytes += UnsafeRawBufferPointer(rebasing: room[..<count])
      return count
    }
  }
}
