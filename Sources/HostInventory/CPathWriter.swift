/// Builds a path for a system call in existing memory.
struct CPathWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  private var hasRoom = true

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  /// Adds one or several components, after a slash.
  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
  }

  mutating func put(_ text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard hasRoom, count + bytes.count + 2 <= buffer.count else {
      hasRoom = false
      return
    }
    if count > 0 {
      buffer[count] = UInt8(ascii: "/")
      count += 1
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// Returns the path and the unused memory; nil when the memory was too small.
  func finished() -> (path: UnsafePointer<CChar>, rest: UnsafeMutableRawBufferPointer)? {
    guard hasRoom, let base = buffer.baseAddress else { return nil }
    buffer[count] = 0
    return (
      UnsafePointer(base.assumingMemoryBound(to: CChar.self)),
      UnsafeMutableRawBufferPointer(rebasing: buffer[(count + 1)...])
    )
  }
}
