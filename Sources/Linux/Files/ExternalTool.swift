import CLinux
import Glibc
import SystemPackage

/// Runs a program of the node and returns its standard output, e.g. `ddptool` or `rbln-smi`.
///
/// The call blocks until the program ends, or until a limit after which the program is killed.
public struct ExternalTool: Sendable {
  /// The absolute path of the program.
  public let path: String

  /// Why a program gave no usable output.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// The program could not be started; `number` is an error number.
    case start(path: String, number: Int32)
    /// The program ended with an exit code other than 0.
    case exit(path: String, code: Int32)
    /// A signal ended the program.
    case signal(path: String, number: Int32)
    /// The program did not end within the limit and was killed.
    case timeout(path: String, seconds: Int)
    /// The program wrote more than `limit` bytes and was killed.
    case tooMuchOutput(path: String, limit: Int)

    public var description: String {
      switch self {
      case .start(let path, let number): "\(path): \(Errno(number))"
      case .exit(let path, let code): "\(path) ended with exit code \(code)"
      case .signal(let path, let number): "\(path) was ended by signal \(number)"
      case .timeout(let path, let seconds): "\(path) did not end within \(seconds) s"
      case .tooMuchOutput(let path, let limit): "\(path) wrote more than \(limit) bytes"
      }
    }
  }

  static let outputLimit = 1 << 20

  /// Finds the first executable of this name on a search path such as `/usr/sbin:/usr/bin`; relative entries are
  /// skipped.
  ///
  /// - Returns: nil when no directory has one.
  public static func named(_ name: String, searchPath: String) -> ExternalTool? {
    for directory in searchPath.split(separator: ":") where directory.hasPrefix("/") {
      let path = "\(directory)/\(name)"
      if access(path, X_OK) == 0 { return ExternalTool(path: path) }
    }
    return nil
  }

  /// Runs the program and returns its standard output; blocks for `seconds` at most.
  public func output(_ arguments: [String], seconds: Int) throws(Failure) -> [UInt8] {
    let ends: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
    do throws(Errno) { ends = try FileDescriptor.pipe(options: .closeOnExec) } catch {
      throw .start(path: path, number: error.number)
    }
    defer { try? ends.readEnd.close() }
    let (process, number) = spawn(arguments, output: ends.writeEnd.rawValue)
    try? ends.writeEnd.close()
    guard number == 0 else { throw .start(path: path, number: number) }
    let deadline = ContinuousClock.now + .seconds(seconds)
    let read: Result<[UInt8], Failure> = collect(ends.readEnd, deadline: deadline, seconds: seconds)
    if case .failure = read { kill(process, SIGKILL) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let bytes = try read.get()
    if status & 0x7f != 0 { throw .signal(path: path, number: status & 0x7f) }
    if status >> 8 & 0xff != 0 { throw .exit(path: path, code: status >> 8 & 0xff) }
    return bytes
  }

  private func spawn(_ arguments: [String], output: Int32) -> (pid_t, Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The thread that this runs on has every signal blocked, and a child inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let number = posix_spawn(&process, path, &actions, &attributes, &words, environ)
    return (process, number)
  }

  private func collect(
    _ descriptor: FileDescriptor, deadline: ContinuousClock.Instant, seconds: Int
  ) -> Result<[UInt8], Failure> {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return .failure(.timeout(path: path, seconds: seconds)) }
      var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, Int32(left.rounded(.up)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return .failure(.timeout(path: path, seconds: seconds)) }
      let count = (try? chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
      guard count > 0 else { return .success(bytes) }
      bytes += chunk[..<count]
      guard bytes.count <= Self.outputLimit else {
        return .failure(.tooMuchOutput(path: path, limit: Self.outputLimit))
      }
    }
  }
}
