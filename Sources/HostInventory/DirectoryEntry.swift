import Glibc

/// One entry of a directory; the name is valid only during the call that hands it over.
struct DirectoryEntry {
  let name: UnsafeRawBufferPointer
  private let type: UInt8

  /// Calls `body` for each record of `struct linux_dirent64` but those of `.` and `..`: inode (8 bytes), offset (8),
  /// length of the record (2), type (1), name with its NUL.
  static func forEach(in records: UnsafeRawBufferPointer, _ body: (DirectoryEntry) -> Void) {
    guard var record = records.baseAddress else { return }
    let end = record + records.count
    while end - record > header {
      let length = Int(record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
      guard length > header, length <= end - record else { return }
      let name = UnsafeRawBufferPointer(start: record + header, count: nameLength(record, length))
      let entry = DirectoryEntry(name: name, type: record.load(fromByteOffset: 18, as: UInt8.self))
      if !entry.isSelfOrParent { body(entry) }
      record += length
    }
  }

  private static let header = 19

  /// Records are padded to whole words, so that the NUL is among their last eight bytes; what follows it may be anything.
  private static func nameLength(_ record: UnsafeRawPointer, _ length: Int) -> Int {
    guard length >= 24 else { return strnlen((record + header).assumingMemoryBound(to: CChar.self), length - header) }
    var word = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self))
    // In the shortest record three of them come before the name.
    if length < header + 8 { word |= (1 << (8 * UInt64(header + 8 - length))) - 1 }
    let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    return min(length - 8 + zeros.trailingZeroBitCount / 8, length) - header
  }

  var text: String { String(decoding: name, as: UTF8.self) }

  /// True too where the file system does not tell.
  var mayBeDirectory: Bool { type == UInt8(DT_DIR) || type == UInt8(DT_UNKNOWN) }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    guard let base = name.baseAddress, name.count >= prefix.utf8CodeUnitCount else { return false }
    // Most differ there, and are spared the call.
    guard base.load(as: UInt8.self) == prefix.utf8Start.pointee else { return false }
    return memcmp(base, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
  }

  private var isSelfOrParent: Bool {
    name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
  }
}
