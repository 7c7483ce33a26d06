import Glibc

/// Shows a command's progress on standard error, only on a terminal and only after the first second.
struct Progress {
  private let total: Int
  private var done = 0
  private var isShown = false
  private let began = ContinuousClock.now

  private static let patience = Duration.seconds(1)
  static let isWatched = isatty(STDERR_FILENO) == 1

  init(total: Int) { self.total = total }

  /// One more is over.
  mutating func advance(to name: String) {
    done += 1
    guard Self.isWatched, ContinuousClock.now - began > Self.patience, done < total else { return }
    isShown = true
    Console.note("\(done) of \(total), \(name) is done")
  }

  /// Before anything else is printed.
  mutating func clear() {
    if isShown { Console.note("") }
    isShown = false
  }

  /// Says what is waited for when `work` takes longer than a second.
  static func during<Result>(_ what: String, _ work: () async throws -> Result) async rethrows -> Result {
    guard isWatched else { return try await work() }
    let notice = Task {
      guard (try? await Task.sleep(for: patience)) != nil else { return false }
      Console.note("\(what) …")
      return true
    }
    defer { notice.cancel() }
    let result = try await work()
    notice.cancel()
    if await notice.value { Console.note("") }
    return result
  }
}
