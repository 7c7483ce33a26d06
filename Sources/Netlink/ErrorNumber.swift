import Glibc

/// An errno, kept from the call that set it; prints as its text and number.
public struct ErrorNumber: Error, Sendable, Hashable, CustomStringConvertible {
  public let number: Int32

  public init(_ number: Int32) { self.number = number }

  public var description: String {
    var text = [CChar](repeating: 0, count: 128)
    guard strerror_r(number, &text, text.count) == 0 else { return "errno \(number)" }
    let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(words.prefix(1).lowercased())\(words.dropFirst()) (errno \(number))"
  }
}
