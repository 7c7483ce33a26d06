import Foundation
import TestSupport
import Testing

/// The bytes of a file in Tests/Fixtures/Wire: hex digits, `#` lines are comments.
struct WireFixture {
  let bytes: [UInt8]

  init(_ name: String) throws {
    let text = try Fixture.text("Wire/\(name).hex")
    let digits = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined()
    bytes = try stride(from: 0, to: digits.count, by: 2).map { offset in
      let pair = digits.dropFirst(offset).prefix(2)
      return try #require(UInt8(pair, radix: 16), "\(name).hex: \(pair) is not a byte")
    }
  }
}
