/// Decides when a pool's endpoint listens, registers and starts over. It takes events and returns actions, and uses no
/// clock and no socket.
///
/// kubelet never reconnects by itself: when a stream ends, the resource stays at zero. With direct registration the
/// plugin must call Register again; with the plugin watcher it must create its socket file again.
struct PoolEndpointState: Sendable, Equatable {
  /// What happened to the endpoint, its socket or kubelet.
  enum Event: Sendable, Equatable {
    case start
    case listened
    case listenFailed(String)
    case registered
    case registrationFailed(String)
    /// kubelet has made its registration socket (again).
    case kubeletAppeared
    /// Our socket's file was removed or replaced.
    case socketVanished
    /// Our socket's path is free, and we have no socket there: another process that listened has ended.
    case pathFreed
    case streamOpened
    /// The stream ended after that many seconds.
    case streamEnded(lasted: Double)
    /// NotifyRegistrationStatus; nil means registered.
    case notified(error: String?)
    case timer
    case stop
  }

  enum Action: Equatable {
    case listen
    /// Ends the streams, closes the socket, removes our file.
    case close
    case register
    /// At most one runs; starting one replaces it.
    case startTimer(seconds: Double)
    case stopTimer
    case report(Trouble)
  }

  enum Trouble: Equatable {
    case listen(String)
    case registration(String)
    case noStream
    case streamEnded
    /// The plugin watcher did not come to the socket for a while.
    case nobodyCame
  }

  enum Phase: Equatable {
    case idle
    case binding
    case registering
    /// Listening under the plugin watcher; kubelet has not come yet.
    case awaitingKubelet
    /// Registered; kubelet should open ListAndWatch.
    case awaitingStream
    case serving
    /// Something failed; the timer says when to try again.
    case pausing(then: Step)
    case stopped
  }

  enum Step: Equatable {
    case listen
    case register
  }

  let mode: RegistrationMode
  private(set) var phase: Phase = .idle
  private(set) var openStreams = 0
  /// Whether kubelet can call: between `listened` and the next `close`.
  private var isListening = false
  /// kubelet opened a stream before it answered Register, and that stream has ended. It will not open another one.
  private var hasLostStream = false
  private var failures = 0
  /// Our socket's file was removed, and kubelet has not created its own one since.
  private var expectsKubelet = false

  init(mode: RegistrationMode, watcherPatience: Double = Self.watcherPatience) {
    self.mode = mode
    self.watcherPatience = watcherPatience
  }

  /// How long a running kubelet's plugin watcher may take to come to the socket: it looks once a second.
  static let watcherPatience = 30.0
  private let watcherPatience: Double

  /// How long a registered endpoint waits for ListAndWatch: kubelet dials for up to 10 s.
  static let streamDeadline = 15.0
  /// A stream that was open for this long resets the back-off.
  static let goodStream = 10.0

  /// How long a kubelet that removed our socket may take to create its own one.
  static let kubeletPatience = 0.5

  mutating func handle(_ event: Event) -> [Action] {
    if phase == .stopped { return [] }
    switch event {
    case .start: return bind()
    case .listened: return listened()
    case .listenFailed(let reason): return phase == .binding ? pause(.listen, .listen(reason)) : []
    case .registered: return isListening ? settle() : []
    case .registrationFailed(let reason):
      return phase == .registering ? pause(.register, .registration(reason)) : []
    case .kubeletAppeared: return kubeletAppeared()
    case .socketVanished: return socketVanished()
    case .pathFreed: return pathFreed()
    case .streamOpened: return streamOpened()
    case .streamEnded(let lasted): return streamEnded(lasted: lasted)
    case .notified(let error): return notified(error: error)
    case .timer: return timer()
    case .stop:
      phase = .stopped
      return [.stopTimer, .close]
    }
  }

  private mutating func bind() -> [Action] {
    phase = .binding
    return [.listen]
  }

  /// Ends old streams before the new registration. Up to 1.36, kubelet identifies clients only by resource name, so the
  /// end of an old stream would remove the new client (kubernetes/kubernetes#121994).
  private mutating func startOver() -> [Action] {
    openStreams = 0
    hasLostStream = false
    isListening = false
    phase = .binding
    return [.stopTimer, .close, .listen]
  }

  /// A starting kubelet removes every socket and then creates its own one. Registration waits for that, because kubelet
  /// would forget a Register that comes in between.
  private mutating func socketVanished() -> [Action] {
    guard phase != .idle, phase != .binding else { return [] }
    expectsKubelet = mode == .direct
    return startOver()
  }

  /// A successor that found the path in use need not wait for the back-off, because its predecessor has ended.
  private mutating func pathFreed() -> [Action] {
    guard phase == .pausing(then: .listen), !isListening else { return [] }
    failures = 0
    return startOver()
  }

  /// An endpoint without streams only registers, unless it is about to. Failures with the previous kubelet are not
  /// counted.
  private mutating func kubeletAppeared() -> [Action] {
    expectsKubelet = false
    failures = 0
    guard mode == .direct else {
      // A kubelet that has just started gets the full time.
      return phase == .awaitingKubelet ? [.startTimer(seconds: watcherPatience)] : []
    }
    switch phase {
    case .idle, .binding: return []
    case .registering where openStreams == 0: return []
    case .pausing(.register) where openStreams == 0:
      phase = .registering
      return [.stopTimer, .register]
    default: return startOver()
    }
  }

  private mutating func listened() -> [Action] {
    guard phase == .binding else { return [] }
    isListening = true
    switch mode {
    case .direct where expectsKubelet:
      expectsKubelet = false
      phase = .pausing(then: .register)
      return [.startTimer(seconds: Self.kubeletPatience)]
    case .direct:
      phase = .registering
      return [.register]
    case .watcher:
      phase = .awaitingKubelet
      return [.startTimer(seconds: watcherPatience)]
    }
  }

  private mutating func settle() -> [Action] {
    guard phase == .registering || phase == .awaitingKubelet || phase == .awaitingStream else { return [] }
    if openStreams > 0 {
      phase = .serving
      return [.stopTimer]
    }
    if hasLostStream { return pause(.register, .streamEnded) }
    phase = .awaitingStream
    return [.startTimer(seconds: Self.streamDeadline)]
  }

  private mutating func streamOpened() -> [Action] {
    guard isListening else { return [] }
    openStreams += 1
    // With direct registration kubelet opens the stream before it answers Register.
    guard phase != .registering, phase != .serving else { return [] }
    phase = .serving
    return [.stopTimer]
  }

  private mutating func streamEnded(lasted: Double) -> [Action] {
    // Ignore a stream of a server that was closed since.
    guard openStreams > 0 else { return [] }
    openStreams -= 1
    hasLostStream = openStreams == 0 && phase == .registering
    guard openStreams == 0, phase == .serving else { return [] }
    if lasted >= Self.goodStream { failures = 0 }
    return pause(mode == .direct ? .register : .listen, .streamEnded)
  }

  private mutating func notified(error: String?) -> [Action] {
    guard mode == .watcher, isListening else { return [] }
    guard let error else { return settle() }
    return pause(.listen, .registration(error))
  }

  private mutating func timer() -> [Action] {
    switch phase {
    case .awaitingStream: return pause(mode == .direct ? .register : .listen, .noStream)
    case .pausing(.listen): return startOver()
    case .pausing(.register):
      phase = .registering
      return [.register]
    case .awaitingKubelet: return [.report(.nobodyCame), .startTimer(seconds: watcherPatience)]
    case .idle, .binding, .registering, .serving, .stopped: return []
    }
  }

  private mutating func pause(_ step: Step, _ trouble: Trouble) -> [Action] {
    phase = .pausing(then: step)
    hasLostStream = false
    failures += 1
    return [.report(trouble), .startTimer(seconds: backOff(step))]
  }

  /// The back-off doubles up to half a minute. With the plugin watcher it is longer at first: a restarting kubelet
  /// takes about a second to find an existing file, and a new file would only cause a second registration.
  private func backOff(_ step: Step) -> Double {
    let first = mode == .watcher && step == .listen ? 2.0 : 0.25
    return min(30, first * Double(1 << min(failures - 1, 8)))
  }
}
