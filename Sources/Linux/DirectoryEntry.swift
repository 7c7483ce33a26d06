import CLinux
import Glibc

/// One entry of a directory. It is valid only during the call that passes it.
public struct DirectoryEntry {
  /// The bytes of the name, without a NUL; they need not be UTF-8.
  public let name: UnsafeRawBufferPointer
  private let type: UInt8

  /// Calls `body` for each entry of an open directory but `.` and `..`, in no order, from the directory's position on.
  ///
  /// - Returns: 0, or the error number of getdents64(2).
  public static func forEach(in directory: Int32, _ body: (DirectoryEntry) -> Void) -> Int32 {
    withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
      while true {
        let count = clinux_directory_entries(directory, buffer.baseAddress, buffer.count)
        guard count > 0 else { return count < 0 ? errno : 0 }
        forEach(in: UnsafeRawBufferPointer(rebasing: buffer[0..<count]), body)
      }
    }
  }

  /// Each record of `struct linux_dirent64`: inode (8 bytes), offset (8), length of the record (2), type (1), name with its
  /// NUL.
  private static func forEach(in records: UnsafeRawBufferPointer, _ body: (DirectoryEntry) -> Void) {
    guard var record = records.baseAddress else { return }
    let end = record + records.count
    while end - record > header {
      let length = Int(record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
      guard length > header, length <= end - record else { return }
      let count = strnlen((record + header).assumingMemoryBound(to: CChar.self), length - header)
      let name = UnsafeRawBufferPointer(start: record + header, count: count)
      let entry = DirectoryEntry(name: name, type: record.load(fromByteOffset: 18, as: UInt8.self))
      if !entry.isSelfOrParent { body(entry) }
      record += length
    }
  }

  private static let header = 19

  /// The name as text; bytes that are not UTF-8 become U+FFFD.
  public var text: String { String(decoding: name, as: UTF8.self) }

  /// Whether the file system says that the entry is a directory (`d_type` is DT_DIR).
  public var isDirectory: Bool { type == UInt8(DT_DIR) }

  /// Whether the entry is a directory, or the file system does not report types (DT_UNKNOWN).
  public var mayBeDirectory: Bool { type == UInt8(DT_DIR) || type == UInt8(DT_UNKNOWN) }

  /// Whether the name begins with `prefix`, compared by bytes.
  public func hasPrefix(_ prefix: StaticString) -> Bool {
    guard let base = name.baseAddress, name.count >= prefix.utf8CodeUnitCount else { return false }
    return memcmp(base, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
  }

  private var isSelfOrParent: Bool {
    name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
  }
}
