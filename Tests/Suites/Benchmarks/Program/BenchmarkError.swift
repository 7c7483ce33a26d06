import Glibc

/// Why a measurement can't be made.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What a system call that has just failed says.
  static func system(_ operation: String) -> BenchmarkError {
    BenchmarkError("\(operation): \(String(cString: strerror(errno)))")
  }
}

enum Terminal {
  static func say(_ line: String) { write(line, to: STDOUT_FILENO) }
  static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

  private static func write(_ line: String, to descriptor: Int32) {
    var line = line + "\n"
    line.withUTF8 { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
  }
}
