import TestSupport
import Testing

@testable import DevicePluginFrontEnd

@Suite("When an endpoint listens and registers")
struct PoolEndpointStateTests {
  /// Runs events and keeps what was asked for.
  struct Script {
    var state: PoolEndpointState
    var actions: [PoolEndpointState.Action] = []

    init(_ mode: RegistrationMode) { state = PoolEndpointState(mode: mode) }

    mutating func feed(_ events: PoolEndpointState.Event...) -> [PoolEndpointState.Action] {
      let asked = events.flatMap { state.handle($0) }
      actions += asked
      return asked
    }
  }

  @Test func directRegistersOnlyOnceItListens() {
    var script = Script(.direct)
    #expect(script.feed(.start) == [.listen])
    #expect(script.feed(.listened) == [.register])
    #expect(script.feed(.registered) == [.startTimer(seconds: PoolEndpointState.streamDeadline)])
    #expect(script.feed(.streamOpened) == [.stopTimer])
    #expect(script.state.phase == .serving)
  }

  /// It waited out a back-off of up to 30 s, though it saw the predecessor's socket go.
  @Test(arguments: [RegistrationMode.direct, .watcher])
  func aSuccessorListensWhenThePathIsFree(_ mode: RegistrationMode) {
    var script = Script(mode)
    _ = script.feed(.start)
    for _ in 0..<5 { _ = script.feed(.listenFailed("another process listens here"), .timer) }
    _ = script.feed(.listenFailed("another process listens here"))
    #expect(script.state.phase == .pausing(then: .listen))
    #expect(script.feed(.pathFreed) == [.stopTimer, .close, .listen])
    let next = script.feed(.listened)
    #expect(next == (mode == .direct ? [.register] : [.startTimer(seconds: PoolEndpointState.watcherPatience)]))
    #expect(script.feed(.pathFreed) == [], "only while it has no socket")
  }

  @Test func streamMayOpenBeforeRegisterReturns() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened)
    #expect(script.feed(.streamOpened) == [])
    #expect(script.feed(.registered) == [.stopTimer])
    #expect(script.state.phase == .serving)
  }

  @Test func streamMayEndBeforeRegisterReturns() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened)
    #expect(script.feed(.streamEnded(lasted: 0)) == [])
    #expect(script.feed(.registered) == [.report(.streamEnded), .startTimer(seconds: 0.25)], "no other will come")
    #expect(script.feed(.timer) == [.register])
    // The next one may open its stream later, as any.
    #expect(script.feed(.registered) == [.startTimer(seconds: PoolEndpointState.streamDeadline)])
  }

  @Test func watcherWaitsToBeAsked() {
    var script = Script(.watcher)
    #expect(script.feed(.start, .listened) == [.listen, .startTimer(seconds: PoolEndpointState.watcherPatience)])
    #expect(script.state.phase == .awaitingKubelet)
    #expect(script.feed(.notified(error: nil)) == [.startTimer(seconds: PoolEndpointState.streamDeadline)])
    #expect(script.feed(.streamOpened) == [.stopTimer])
  }

  @Test func aWatcherThatDoesNotComeIsReportedAgainAndAgain() {
    var script = Script(.watcher)
    _ = script.feed(.start, .listened)
    let patience = PoolEndpointState.Action.startTimer(seconds: PoolEndpointState.watcherPatience)
    // A kubelet that has just started gets all of the time.
    #expect(script.feed(.kubeletAppeared) == [patience])
    for _ in 0..<3 { #expect(script.feed(.timer) == [.report(.nobodyCame), patience]) }
    #expect(script.feed(.streamOpened) == [.stopTimer])
    #expect(script.feed(.kubeletAppeared) == [])
  }

  @Test func refusedRegistrationMakesANewSocket() {
    var script = Script(.watcher)
    _ = script.feed(.start, .listened)
    #expect(script.feed(.notified(error: "no")) == [.report(.registration("no")), .startTimer(seconds: 2)])
    #expect(script.feed(.timer) == [.stopTimer, .close, .listen])
  }

  @Test func absentKubeletIsTriedAgainEverMoreSlowly() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened)
    var delays: [Double] = []
    for _ in 0..<10 {
      for action in script.feed(.registrationFailed("connection refused")) {
        if case .startTimer(let seconds) = action { delays.append(seconds) }
      }
      #expect(script.feed(.timer) == [.register])
    }
    #expect(delays == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30])
  }

  @Test(arguments: [RegistrationMode.direct, .watcher])
  func lostSocketFileIsMadeAgain(_ mode: RegistrationMode) {
    var script = Script(mode)
    _ = script.feed(.start, .listened, .streamOpened)
    #expect(script.feed(.socketVanished) == [.stopTimer, .close, .listen])
  }

  @Test func restartedKubeletFindsOldStreamsEndedFirst() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened, .registered)
    #expect(script.feed(.kubeletAppeared) == [.stopTimer, .close, .listen])
    #expect(script.feed(.streamEnded(lasted: 100)) == [], "the closed socket's stream is not this socket's")
    #expect(script.feed(.listened) == [.register])
  }

  @Test func kubeletThatStartsIsRegisteredWithOnce() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened, .registered)
    #expect(script.feed(.socketVanished) == [.stopTimer, .close, .listen])
    #expect(script.feed(.listened) == [.startTimer(seconds: PoolEndpointState.kubeletPatience)])
    #expect(script.feed(.kubeletAppeared) == [.stopTimer, .register])
    #expect(script.feed(.kubeletAppeared) == [], "Register is under way")
  }

  @Test func kubeletThatStartsBeforeTheSocketIsBackIsRegisteredWithOnce() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened, .registered, .socketVanished)
    #expect(script.feed(.kubeletAppeared) == [])
    #expect(script.feed(.listened) == [.register])
  }

  @Test func longAbsenceIsForgottenWhenKubeletComes() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened)
    for _ in 0..<10 { _ = script.feed(.registrationFailed("connection refused"), .timer) }
    _ = script.feed(.registrationFailed("connection refused"), .kubeletAppeared, .streamOpened, .registered)
    #expect(script.feed(.streamEnded(lasted: 1)) == [.report(.streamEnded), .startTimer(seconds: 0.25)])
  }

  @Test func socketThatVanishedWithoutAKubeletIsRegisteredSoon() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened, .registered, .socketVanished, .listened)
    #expect(script.feed(.timer) == [.register])
  }

  @Test func endedStreamRegistersAgain() {
    var direct = Script(.direct)
    _ = direct.feed(.start, .listened, .streamOpened, .registered)
    #expect(direct.feed(.streamEnded(lasted: 60)) == [.report(.streamEnded), .startTimer(seconds: 0.25)])
    #expect(direct.feed(.timer) == [.register])

    var watched = Script(.watcher)
    _ = watched.feed(.start, .listened, .notified(error: nil), .streamOpened)
    #expect(watched.feed(.streamEnded(lasted: 60)) == [.report(.streamEnded), .startTimer(seconds: 2)])
    #expect(watched.feed(.timer) == [.stopTimer, .close, .listen])
  }

  @Test func newStreamDuringThePauseIsEnough() {
    var script = Script(.watcher)
    _ = script.feed(.start, .listened, .notified(error: nil), .streamOpened, .streamEnded(lasted: 60))
    #expect(script.feed(.streamOpened) == [.stopTimer])
    #expect(script.state.phase == .serving)
  }

  @Test func secondStreamKeepsTheEndpointServing() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .streamOpened, .registered, .streamOpened)
    #expect(script.feed(.streamEnded(lasted: 5)) == [])
    #expect(script.state.phase == .serving)
  }

  @Test func registeredWithoutStreamIsTriedAgain() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened, .registered)
    #expect(script.feed(.timer) == [.report(.noStream), .startTimer(seconds: 0.25)])
  }

  @Test func failedListenIsTriedAgain() {
    var script = Script(.direct)
    _ = script.feed(.start)
    #expect(script.feed(.listenFailed("no space")) == [.report(.listen("no space")), .startTimer(seconds: 0.25)])
    #expect(script.feed(.timer) == [.stopTimer, .close, .listen])
  }

  @Test func nothingHappensAfterStop() {
    var script = Script(.direct)
    _ = script.feed(.start, .listened)
    #expect(script.feed(.stop) == [.stopTimer, .close])
    #expect(script.feed(.kubeletAppeared, .timer, .streamOpened, .registered, .socketVanished) == [])
  }

  /// Whatever happens in whatever order: Register never goes out while nothing listens, streams never count below zero.
  @Test(arguments: 0..<200)
  func neverRegistersBeforeItListens(seed: Int) {
    var numbers = SeededNumbers(seed: UInt64(seed))
    var state = PoolEndpointState(mode: Int.random(in: 0..<2, using: &numbers) == 0 ? .direct : .watcher)
    var isListening = false
    var isBinding = false
    for step in 0..<300 {
      let event = step == 0 ? .start : anyEvent(&numbers, isBinding: isBinding)
      if event == .listened { isListening = true }
      if event == .listened || event == .listenFailed("x") { isBinding = false }
      for action in state.handle(event) {
        switch action {
        case .listen: isBinding = true
        case .close: isListening = false
        case .register: #expect(isListening, "seed \(seed), step \(step), after \(event)")
        case .startTimer, .stopTimer, .report: break
        }
      }
      #expect(state.openStreams >= 0)
    }
  }

  private func anyEvent(_ numbers: inout SeededNumbers, isBinding: Bool) -> PoolEndpointState.Event {
    if isBinding, Int.random(in: 0..<2, using: &numbers) == 0 {
      return Int.random(in: 0..<3, using: &numbers) == 0 ? .listenFailed("x") : .listened
    }
    switch Int.random(in: 0..<9, using: &numbers) {
    case 0: return .registered
    case 1: return .registrationFailed("x")
    case 2: return .kubeletAppeared
    case 3: return isBinding ? .timer : .socketVanished
    case 4: return .streamOpened
    case 5: return .streamEnded(lasted: Double(Int.random(in: 0..<20, using: &numbers)))
    case 6: return .notified(error: nil)
    case 7: return .notified(error: "x")
    default: return .timer
    }
  }
}
