/// A request's line and headers as they arrive, up to a limit.
struct HTTPRequestHead: Sendable {
  private var bytes: [UInt8] = []
  /// Where the line starts that is not complete yet.
  private var lineStart = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds what has arrived. Returns the request once its headers have ended, nil before.
  ///
  /// Headers are not looked at: no page depends on one. What follows them is dropped, since a connection has one request.
  mutating func add(_ chunk: some Collection<UInt8>) throws(HTTPRequest.Refusal) -> HTTPRequest? {
    let start = bytes.count
    bytes += chunk.prefix(limit - start)
    for place in start..<bytes.count where bytes[place] == UInt8(ascii: "\n") {
      let line = Self.withoutReturn(bytes[lineStart..<place])
      // Servers ignore an empty line before the request (RFC 9112, section 2.2).
      if line.isEmpty, let request = firstLine(before: lineStart) { return try HTTPRequest(line: request) }
      lineStart = place + 1
    }
    guard bytes.count < limit else { throw .headTooLong }
    return nil
  }

  /// The first line that is not empty.
  private func firstLine(before end: Int) -> ArraySlice<UInt8>? {
    bytes[..<end].split(separator: UInt8(ascii: "\n")).lazy.map(Self.withoutReturn).first { !$0.isEmpty }
  }

  private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}
