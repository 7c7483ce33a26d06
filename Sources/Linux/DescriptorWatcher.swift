import CLinux
import Glibc
import Synchronization

/// Waits for events of descriptors with one thread and one epoll instance: connections and their ends, signals, uevents
/// of the kernel, and changes in directories.
public final class DescriptorWatcher: Sendable {
  /// The event that a descriptor is watched for; a hang-up by the other side is always reported.
  public enum Interest: Sendable {
    /// Data or a connection can be read (EPOLLIN).
    case readable
    /// Only a hang-up or an error (EPOLLHUP, EPOLLERR), e.g. when the connection was shut down.
    case hangUp

    fileprivate var kernel: clinux_interest {
      switch self {
      case .readable: clinux_interest_readable
      case .hangUp: clinux_interest_hangup
      }
    }
  }

  /// What the watcher does with a descriptor after its event was handled.
  public enum Next {
    /// Continue to watch it.
    case goOn
    /// Do not watch it for 100 ms: the system is short of descriptors or memory, which only time can change.
    case pause
    /// Stop watching it.
    case forget
  }

  /// Identifies one watch. Unlike descriptor numbers, tokens are never reused.
  public typealias Token = UInt64

  private struct Watch: Sendable {
    let number: Int32
    /// Nil when `event` keeps the descriptor open.
    let descriptor: Descriptor?
    let interest: Interest
    let event: @Sendable () -> Next

    /// The number is this descriptor's and no other's until `body` returns.
    func withNumber(_ body: (Int32) -> Int32) {
      withExtendedLifetime(self) { _ = body(number) }
    }
  }

  private struct State {
    var watches: [Token: Watch] = [:]
    var paused: Set<Token> = []
    var nextToken: Token = 1
    var isClosing = false
    var thread: DedicatedThread?
  }

  private static let wakeToken: Token = 0
  private static let pauseMilliseconds: Int32 = 100
  private let state = Mutex(State())
  private let epoll: Descriptor?
  private let wake: Descriptor?

  /// Creates the epoll instance; the thread starts with the first `watch`. If the kernel refuses the instance, every
  /// `watch` returns nil.
  public init() {
    epoll = Descriptor(clinux_epoll_create())
    wake = Descriptor(clinux_event_create())
    if let epoll, let wake {
      _ = clinux_epoll_add(epoll.number, wake.number, clinux_interest_readable, Self.wakeToken)
    }
  }

  /// Calls `event` on the watcher's thread whenever the descriptor is readable or has hung up, and keeps the descriptor
  /// open until it is forgotten.
  ///
  /// - Returns: The token for `forget`; nil, with `errno` set, when the kernel refuses.
  public func watch(
    _ descriptor: Descriptor, for interest: Interest, event: @escaping @Sendable () -> Next
  ) -> Token? {
    watch(Watch(number: descriptor.number, descriptor: descriptor, interest: interest, event: event))
  }

  /// Watches a descriptor that belongs to something else, such as a library's socket; `event` must keep its owner alive.
  ///
  /// - Returns: The token for `forget`; nil, with `errno` set, when the kernel refuses.
  public func watch(
    number: Int32, for interest: Interest, event: @escaping @Sendable () -> Next
  ) -> Token? {
    watch(Watch(number: number, descriptor: nil, interest: interest, event: event))
  }

  private func watch(_ watch: Watch) -> Token? {
    guard let epoll else { return nil }
    return state.withLock { state in
      guard !state.isClosing else { return nil }
      let token = state.nextToken
      guard clinux_epoll_add(epoll.number, watch.number, watch.interest.kernel, token) == 0 else { return nil }
      state.nextToken += 1
      state.watches[token] = watch
      if state.thread == nil { state.thread = DedicatedThread(name: "descriptors") { [self] in run() } }
      return token
    }
  }

  /// Stops watching. One call of the watch's event may still be running when this returns.
  public func forget(_ token: Token) {
    let watch = state.withLock { state in
      state.paused.remove(token)
      return state.watches.removeValue(forKey: token)
    }
    guard let epoll else { return }
    watch?.withNumber { clinux_epoll_remove(epoll.number, $0) }
  }

  /// Ends the thread and waits for its end; no event is handled after this.
  public func shutdown() {
    let thread = state.withLock { state in
      state.isClosing = true
      return state.thread.take()
    }
    if let wake { _ = clinux_event_signal(wake.number) }
    thread?.join()
    state.withLock { $0.watches = [:] }
  }

  private func run() {
    guard let epoll else { return }
    var tokens = [Token](repeating: 0, count: 32)
    while true {
      let (isClosing, isPausing) = state.withLock { ($0.isClosing, !$0.paused.isEmpty) }
      if isClosing { return }
      let timeout = isPausing ? Self.pauseMilliseconds : -1
      let ready = clinux_epoll_wait(epoll.number, &tokens, Int32(tokens.count), timeout)
      if isPausing { resumePaused() }
      for token in tokens.prefix(max(0, Int(ready))) { deliver(token) }
    }
  }

  private func deliver(_ token: Token) {
    guard let watch = state.withLock({ $0.watches[token] }), let epoll else { return }
    switch watch.event() {
    case .goOn: break
    case .forget: forget(token)
    case .pause:
      watch.withNumber { clinux_epoll_change(epoll.number, $0, clinux_interest_hangup, token) }
      state.withLock { _ = $0.paused.insert(token) }
    }
  }

  /// Runs before the pause is over when another event has ended the wait; a paused descriptor is then tried early.
  private func resumePaused() {
    let watches = state.withLock { state in
      defer { state.paused = [] }
      return state.paused.compactMap { token in state.watches[token].map { (token, $0) } }
    }
    guard let epoll else { return }
    for (token, watch) in watches {
      watch.withNumber { clinux_epoll_change(epoll.number, $0, watch.interest.kernel, token) }
    }
  }
}
