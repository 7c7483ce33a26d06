/// The other side's bytes, put together to lines as they come.
public struct LineBuffer: Sendable {
  private var rest: [UInt8] = []

  /// Creates an empty buffer.
  public init() {}

  /// Adds bytes.
  ///
  /// - Returns: The lines that are complete now, without their newlines.
  /// - Throws: When a line is longer than `HelperProtocol.longestLine`.
  public mutating func take(_ bytes: some Sequence<UInt8>) throws(LineError) -> [[UInt8]] {
    rest += bytes
    var lines: [[UInt8]] = []
    var start = rest.startIndex
    while let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Array(rest[start..<newline]))
      start = newline + 1
    }
    rest.removeFirst(start)
    guard rest.count <= HelperProtocol.longestLine else {
      throw LineError("a line has no end within \(HelperProtocol.longestLine) bytes")
    }
    return lines
  }
}
