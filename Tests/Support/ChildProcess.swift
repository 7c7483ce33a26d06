public import Glibc

/// A child process of a test; it is killed and waited for when the last user is gone.
public final class ChildProcess: @unchecked Sendable {
  // `status` is read and written by `wait` alone, which a test calls from one place.
  public let id: pid_t
  private let input: Int32
  private var status: Int32?

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Starts a program in the calling thread's namespaces; its output goes to the file `output`, which is made anew.
  public init(_ words: [String], environment: [String: String] = [:], output: String) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(description: "pipe: errno \(errno)") }
    // A sibling that is started meanwhile must not keep this child's input open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var inherited: [String: String] = [:]
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"] {
      if let value = getenv(name) { inherited[name] = String(cString: value) }
    }
    let variables = inherited.merging(environment) { $1 }.map { "\($0)=\($1)" }
    var child: pid_t = 0
    let program = words.first ?? ""
    let error = Self.withStrings(words) { words in
      Self.withStrings(variables) { posix_spawnp(&child, program, &actions, nil, words, $0) }
    }
    guard error == 0 else {
      close(ends[1])
      throw Failure(description: "\(program): errno \(error)")
    }
    id = child
    input = ends[1]
  }

  deinit {
    close(input)
    if status == nil {
      kill(id, SIGKILL)
      _ = wait()
    }
  }

  /// Writes one line to its standard input.
  public func tell(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(input, bytes, bytes.count)
  }

  /// Its exit code, or the signal that ended it, negated.
  public func wait() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(id, &word, 0) < 0 && errno == EINTR {}
    let result = word & 0x7f == 0 ? (word >> 8) & 0xff : -(word & 0x7f)
    status = result
    return result
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}
