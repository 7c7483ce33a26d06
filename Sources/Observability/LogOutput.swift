import Glibc
import Synchronization

/// Writes log lines. A reader that has stopped reading costs lines, never a thread.
///
/// Standard error of a container is a pipe. When its reader hangs, a write blocks without end, and with it whatever the
/// thread would have done next. So a line is written only while the pipe takes it.
final class LogOutput: Sendable {
  static let standardError = LogOutput(STDERR_FILENO)

  private let descriptor: Int32
  /// Lines that were lost since the last one that was written.
  private let lost = Mutex(0)

  /// How long the first line waits for a busy reader; the lines after it do not wait.
  private static let patience = Int32(100)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// - Returns: How many lines before this one got lost, if they have not been reported yet.
  func write(_ line: UnsafeRawBufferPointer) -> Int {
    lost.withLock { lost in
      guard isTaken(line, within: lost == 0 ? Self.patience : 0) else {
        lost += 1
        return 0
      }
      defer { lost = 0 }
      return lost
    }
  }

  /// A pipe that is ready for output takes PIPE_BUF bytes at once (pipe(7)); a longer line goes in pieces.
  private func isTaken(_ line: UnsafeRawBufferPointer, within milliseconds: Int32) -> Bool {
    var rest = line[...]
    while !rest.isEmpty {
      var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // What has begun is ended if that is possible, so that the next line does not continue it.
      let isBegun = rest.count < line.count
      let ready = poll(&state, 1, isBegun ? Self.patience : milliseconds)
      // Where poll(2) is not allowed, the line that says so must come out.
      guard ready == 1 || ready < 0 && errno != EINTR else { return false }
      let piece = rest.prefix(Int(PIPE_BUF))
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: piece).baseAddress, piece.count)
      guard count > 0 || errno == EINTR else { return false }
      rest = rest.dropFirst(max(count, 0))
    }
    return true
  }
}
