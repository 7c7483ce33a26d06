import Glibc

/// A program under test, and what the kernel says of it.
final class Subprocess {
  let id: pid_t
  private var status: Int32?

  /// Its output goes to the file `output`, which is made anew.
  init(_ words: [String], output: String) throws(BenchmarkError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let error = posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
    guard error == 0 else { throw BenchmarkError("\(words[0]): \(String(cString: strerror(error)))") }
    id = child
  }

  deinit {
    if status == nil {
      kill(id, SIGKILL)
      _ = wait()
    }
  }

  /// The exit code, or the signal that ended it, negated.
  @discardableResult
  func wait() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(id, &word, 0) < 0 && errno == EINTR {}
    let result = word & 0x7f == 0 ? (word >> 8) & 0xff : -(word & 0x7f)
    status = result
    return result
  }

  var hasEnded: Bool {
    if status != nil { return true }
    var facts = siginfo_t()
    return waitid(P_PID, id_t(id), &facts, WEXITED | WNOHANG | WNOWAIT) == 0 && facts.si_signo != 0
  }

  /// Asks it to end, and makes it end after ten seconds.
  func stop() {
    kill(id, SIGTERM)
    let end = Clock.microseconds + 10_000_000
    while !hasEnded, Clock.microseconds < end { usleep(500) }
    if !hasEnded { kill(id, SIGKILL) }
    wait()
  }

  /// Processor time of all threads, those that have ended included.
  var cpuMicroseconds: Int {
    var clock: clockid_t = 0
    var time = timespec()
    guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  /// Pages that were not mapped when they were used, minor and major: the tenth and twelfth field of `/proc/<id>/stat`.
  var pageFaults: Int {
    // The second field, a name in parentheses, may hold blanks.
    let fields = Files.read("/proc/\(id)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 9 else { return 0 }
    return (Int(fields[7]) ?? 0) + (Int(fields[9]) ?? 0)
  }

  /// A number of `/proc/<id>/status`, such as `VmRSS` in KiB.
  func status(_ key: String) -> Int {
    for line in Files.read("/proc/\(id)/status").split(separator: "\n") where line.hasPrefix("\(key):") {
      return Int(line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first ?? "") ?? 0
    }
    return 0
  }
}

enum Clock {
  static var nanoseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  static var microseconds: Int { nanoseconds / 1000 }
}
