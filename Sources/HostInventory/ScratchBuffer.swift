/// Memory that one read after another is given, for a directory and all below it: thousands of files are read in a scan.
///
/// On one thread, as the directories are.
final class ScratchBuffer {
  private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 8)
  private var isLent = false

  deinit { bytes.deallocate() }

  /// What `body` makes of the memory, which it has to itself: a read within a read is given memory of its own.
  func lend<Answer>(_ body: (UnsafeMutableRawBufferPointer) -> Answer) -> Answer {
    guard !isLent else { return withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 8, body) }
    isLent = true
    defer { isLent = false }
    return body(bytes)
  }
}
