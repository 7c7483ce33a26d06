import Glibc
import JSONText

/// One line of the log while it is put together, as bytes: a line is written for each call of kubelet.
struct LogLine {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(256) }

  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  mutating func put(lastComponentOf path: String) {
    var path = path
    path.withUTF8 { path in
      let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      bytes.append(contentsOf: path[start...])
    }
  }

  /// A number that is not negative, with at least so many digits.
  mutating func put(_ number: Int, digits: Int = 1) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while number / unit >= 10 { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
      unit /= 10
    }
  }

  /// As a JSON string; a name from sysfs can't break a line in two.
  mutating func put(quoted text: String) { put(JSONValue.string(text).text(escaping: .minimal)) }

  /// In one call, so that lines of several threads never mix.
  ///
  /// - Returns: How many lines before this one got lost, if they have not been reported yet.
  func write(to output: LogOutput) -> Int { bytes.withUnsafeBytes { output.write($0) } }
}
