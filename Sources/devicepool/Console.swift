import Glibc
import Linux
import Synchronization

/// Standard output and standard error of the command line.
enum Console {
  /// errno of the first failed write to standard output; 0 when none failed.
  private static let failure = Atomic<Int32>(0)

  /// Adds a newline unless the text ends with one. Control characters are shown, not sent: names come from devices, from
  /// configurations and from the records of other machines, and a terminal would obey them.
  static func print(_ text: String) { printExactly(shown(text)) }

  /// The same without a change, for a file that is printed.
  static func printExactly(_ text: String) {
    guard let error = write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) else { return }
    _ = failure.compareExchange(expected: 0, desired: error, ordering: .relaxed)
  }

  static func complain(_ text: String) { _ = write(shown(text) + "\n", to: STDERR_FILENO) }

  /// `\u{1b}` in the place of an escape character, and so on for every control character but line ends and tabs.
  static func shown(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// Replaces the last note on the terminal's line; an empty text removes it.
  static func note(_ text: String) { _ = write("\r\u{1B}[K\(text)", to: STDERR_FILENO) }

  /// The process's exit code: 3 instead of 0 when output was lost.
  static func exitCode(_ code: Int32) -> Int32 {
    let error = failure.load(ordering: .relaxed)
    guard error != 0 else { return code }
    complain("error: cannot write to standard output: \(Errno(error))")
    return max(code, 3)
  }

  /// - Returns: errno when not everything could be written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    if Interruption.hasBegun { return nil }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let (count, error) = bytes.withUnsafeBytes { (Glibc.write(descriptor, $0.baseAddress, $0.count), errno) }
      if count < 0, error == EINTR { continue }
      // A terminal or pipe that another process has made non-blocking is full for a moment.
      if count < 0, error == EAGAIN, waits(for: descriptor) { continue }
      if count < 0, error == EPIPE { Interruption.endAtBrokenPipe() }
      guard count > 0 else { return error }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }

  private static func waits(for descriptor: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&wanted, 1, -1) >= 0
  }
}
