import Linux
import Synchronization

/// Runs readings of this host so that no single file can block them.
///
/// A driver whose firmware hangs, or a process that holds the kernel's lock of all links, can delay a read for minutes
/// or for good. Each reading therefore runs on threads of its own. When one read takes longer than `limit`, the reading
/// is abandoned and started again without that file. The file is not read again before the kernel has answered, so
/// waiting threads do not accumulate.
public final class HostReads: Sendable {
  /// The time limit for one read of one file. Files of sysfs take microseconds; a port that is reset takes about a
  /// second.
  public static let limit = Duration.seconds(2)

  /// A file that does not answer.
  public struct Silence: Sendable, Equatable {
    /// The path as the host spells it.
    public let path: String
    /// When the read began.
    public let since: ContinuousClock.Instant
  }

  private struct State {
    var silent: [String: ContinuousClock.Instant] = [:]
    var told: (@Sendable (_ path: String) -> Void)?
    var watches: [ObjectIdentifier: Watch] = [:]
    var isWatching = false
  }

  /// A reading under way, and what gives it up.
  private struct Watch {
    let reading: HostReading
    let giveUp: @Sendable () -> Void
  }

  private let state = Mutex(State())
  private let hasSilence = Atomic(false)
  private let threads = BlockingThreads(name: "host-read")

  init() {}

  /// The files that do not answer now, by path.
  public var silences: [Silence] {
    state.withLock { $0.silent }.map { Silence(path: $0.key, since: $0.value) }.sorted { $0.path < $1.path }
  }

  /// Sets the callback for a file that answers again.
  public func whenAnswered(_ told: @escaping @Sendable (_ path: String) -> Void) { state.withLock { $0.told = told } }

  /// What `body` reads of the host. `body` gets a root whose files it may wait for.
  ///
  /// `body` may run more than once; only the last run counts.
  func run<Value: Sendable>(_ root: HostRoot, _ body: @escaping @Sendable (HostRoot) -> Value) async -> Value {
    // Each run that is given up adds a file that the next one leaves out.
    while true {
      if let value = await attempt(root, body) { return value }
    }
  }

  /// Nil when a file did not answer.
  private func attempt<Value: Sendable>(
    _ root: HostRoot, _ body: @escaping @Sendable (HostRoot) -> Value
  ) async -> Value? {
    let reading = HostReading(self)
    defer { state.withLock { $0.watches[ObjectIdentifier(reading)] = nil } }
    return await withCheckedContinuation { continuation in
      let outcome = FirstOutcome<Value?>(continuation)
      threads.run { outcome.take(body(root.watched(by: reading))) }
      watch(reading) { outcome.take(nil) }
    }
  }

  private func watch(_ reading: HostReading, giveUp: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      state.watches[ObjectIdentifier(reading)] = Watch(reading: reading, giveUp: giveUp)
      defer { state.isWatching = true }
      return !state.isWatching
    }
    if isFirst { Task { while await looksAgain() {} } }
  }

  /// After a while, gives up the readings that wait for a file that long. False when there was no reading.
  private func looksAgain() async -> Bool {
    try? await Task.sleep(for: Self.limit / 4)
    let watches = state.withLock { state in
      state.isWatching = !state.watches.isEmpty
      return Array(state.watches.values)
    }
    for watch in watches where watch.reading.giveUp(after: Self.limit) { watch.giveUp() }
    return !watches.isEmpty
  }

  // MARK: Single files

  func isSilent(_ path: @autoclosure () -> String) -> Bool {
    guard hasSilence.load(ordering: .relaxed) else { return false }
    let path = path()
    return state.withLock { state in
      guard state.silent[path] == nil else { return true }
      let place = FilePlace(path)
      return state.silent.keys.count { FilePlace($0) == place } >= FilePlace.mostSilences
    }
  }

  func markSilent(_ path: String, since: ContinuousClock.Instant) {
    state.withLock { state in
      state.silent[path] = since
      hasSilence.store(true, ordering: .relaxed)
    }
  }

  func hasAnswered(_ path: String) {
    let told = state.withLock { state -> (@Sendable (String) -> Void)? in
      guard state.silent.removeValue(forKey: path) != nil else { return nil }
      hasSilence.store(!state.silent.isEmpty, ordering: .relaxed)
      return state.told
    }
    told?(path)
  }
}

/// Files whose reads wait for the same thing. After some of them have not answered, the others are not waited for.
private struct FilePlace: Equatable {
  /// After so many silences a scan of a port with 128 virtual functions would take a minute and hold 128 threads.
  static let mostSilences = 3

  /// All netdevs wait for one lock. Functions of one bus are those of one card.
  private let group: Substring
  private let file: Substring

  init(_ path: String) {
    let parts = path.split(separator: "/")
    file = parts.last ?? ""
    let function = parts.firstIndex(of: "devices").map { parts.index(after: $0) } ?? parts.endIndex
    group = parts.contains("net") ? "net" : function < parts.endIndex ? parts[function].prefix(7) : ""
  }
}
