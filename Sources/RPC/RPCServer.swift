import CGRPC
import EventLoop
import Glibc
import Synchronization

/// Serves methods on a unix socket.
///
/// `listen` opens it, `stop` ends it for good; between them `listen` may be called again when the socket file was deleted
/// or has to move, and connections made before live on. A server that listens must be stopped.
public final class RPCServer: Sendable {
  public struct Limits: Sendable {
    /// Connections at one time; more are closed as soon as they are made.
    public var connections = 64
    /// The largest request taken; a larger one ends its call with `resourceExhausted`.
    public var maxMessageBytes = 16 << 20
    /// Calls at one time on one connection; a client holds more back.
    public var callsPerConnection = 128

    public init() {}
  }

  private enum Phase {
    case idle
    case serving
    case draining
    case down
  }

  private struct State {
    var phase = Phase.idle
    var endpoint: Endpoint?
    var calls: [ObjectIdentifier: ServerCall] = [:]
    /// The core's shutdown is over when its call has returned and its end has been told, in whichever order.
    var endsOfShutdown = 0
  }

  private struct Endpoint {
    let listener: UnixListener
    let token: DescriptorWatcher.Token
  }

  private let queue: CompletionQueue
  private let methods: [String: RPCMethod]
  private let connections: ConnectionLimit
  /// Not to be used once the phase is `down`: the C object is gone then.
  private let handle: Handle
  private let state = Mutex(State())
  private let stopped = Gate()

  /// `methods` by full path: `/v1beta1.DevicePlugin/Allocate`. Any other is answered with `unimplemented`.
  public init(queue: CompletionQueue, methods: [String: RPCMethod], limits: Limits = .init()) {
    self.queue = queue
    self.methods = methods
    connections = ConnectionLimit(
      most: limits.connections, peers: PeerPolicy(owner: geteuid()), watcher: queue.watcher)
    var bounds = cgrpc_server_limits(
      max_message_bytes: Int32(clamping: limits.maxMessageBytes),
      max_concurrent_calls: Int32(clamping: limits.callsPerConnection))
    handle = Handle(cgrpc_server_create(queue.handle.pointer, &bounds))
  }

  deinit {
    // Anything but a server that never listened is kept alive by its operations until it is down.
    if state.withLock({ $0.phase == .idle }) { cgrpc_server_destroy(handle.pointer) }
  }

  /// Serves on `path`, with `mode` as the file's permissions; replaces the socket that this server listened on before.
  ///
  /// Throws `inUse` when a live process listens there; a socket file that nobody listens on is taken over.
  public func listen(at path: String, mode: UInt32 = 0o600) throws(ListenError) {
    let (phase, current) = state.withLock { ($0.phase, $0.endpoint?.listener) }
    guard phase == .idle || phase == .serving else { throw .stopped(path) }
    if let current, current.path == path, current.ownsFile { return }
    let listener = try UnixListener(path: path, mode: mode)
    start()
    guard let token = watch(listener) else {
      let error = errno
      listener.removeFile()
      throw .system(operation: "epoll", path: path, errno: error)
    }
    let endpoint = Endpoint(listener: listener, token: token)
    let (isServing, obsolete) = state.withLock { state in
      guard state.phase == .serving else { return (false, endpoint as Endpoint?) }
      defer { state.endpoint = endpoint }
      return (true, state.endpoint)
    }
    if let obsolete { close(obsolete) }
    guard isServing else { throw .stopped(path) }
  }

  /// Whether the path still leads to the socket made by `listen`; false when kubelet has cleaned its directory.
  public var ownsSocketFile: Bool { state.withLock { $0.endpoint }?.listener.ownsFile ?? false }

  /// Stops accepting, deletes the socket file if it is still ours, ends every stream with OK and gives unary calls
  /// `grace` to end; what is left then is cancelled. Returns within `grace` and a second.
  public func stop(grace: Duration) async {
    let (phase, endpoint, calls) = state.withLock { state in
      defer {
        if state.phase == .serving { state.phase = .draining }
        if state.phase == .idle { state.phase = .down }
        state.endpoint = nil
      }
      return (state.phase, state.endpoint, Array(state.calls.values))
    }
    if let endpoint { close(endpoint) }
    switch phase {
    case .idle:
      cgrpc_server_destroy(handle.pointer)
      stopped.open()
    case .serving: await drain(calls, grace: grace)
    case .draining, .down: await stopped.wait()
    }
  }

  private func start() {
    let isFirst = state.withLock { state in
      guard state.phase == .idle else { return false }
      state.phase = .serving
      cgrpc_server_start(handle.pointer)
      return true
    }
    if isFirst { awaitCall() }
  }

  private func drain(_ calls: [ServerCall], grace: Duration) async {
    queue.start({ tag in
      cgrpc_server_shutdown(handle.pointer, tag)
      return true
    }) { [self] _ in
      shutdownEnded()
    }
    shutdownEnded()
    for call in calls where isStream(call) { call.serverStops() }
    let deadline = Task { [self] in
      try await TaskLoop.sleep(for: grace)
      cancelCalls()
      // For methods that do not heed their cancellation; their calls are freed when they return.
      try await TaskLoop.sleep(for: .seconds(1))
      stopped.open()
    }
    proceedWhenIdle()
    await stopped.wait()
    deadline.cancel()
  }

  /// Called twice: the core tells the end while its shutdown still looks at the server, which must be there until then.
  private func shutdownEnded() {
    let isDown = state.withLock { state in
      state.endsOfShutdown += 1
      if state.endsOfShutdown == 2 { state.phase = .down }
      return state.endsOfShutdown == 2
    }
    guard isDown else { return }
    cgrpc_server_destroy(handle.pointer)
    proceedWhenIdle()
  }

  private func isStream(_ call: ServerCall) -> Bool {
    if case .serverStream = methods[call.method] { true } else { false }
  }

  private func cancelCalls() {
    state.withLock { state in
      if state.phase == .draining { cgrpc_server_cancel_calls(handle.pointer) }
    }
  }

  /// With no call left, a stop is over once the core is down. Until then connections get a moment to hear that the server
  /// goes, and are closed: a peer that does not answer would hold up the stop until the grace is over.
  private func proceedWhenIdle() {
    switch state.withLock({ $0.calls.isEmpty ? $0.phase : nil }) {
    case .down: stopped.open()
    case .draining:
      Task {
        try await TaskLoop.sleep(for: .milliseconds(200))
        // A call that was on its way when the stop began has the whole grace; its end leads here again.
        if state.withLock({ $0.calls.isEmpty }) { cancelCalls() }
      }
    case .idle, .serving, nil: break
    }
  }
}

// Connections, on the watcher's thread.
extension RPCServer {
  private func watch(_ listener: UnixListener) -> DescriptorWatcher.Token? {
    queue.watcher.watch(listener.descriptor, for: .readable) { [self] in
      switch listener.accept() {
      case .none: return .goOn
      case .exhausted(let error):
        TransportLog.refused("\(ErrorNumber(error)); trying again in a moment", at: listener.path)
        return .pause
      case .connection(let connection):
        admit(connection, at: listener.path)
        return .goOn
      }
    }
  }

  private func close(_ endpoint: Endpoint) {
    endpoint.listener.removeFile()
    queue.watcher.forget(endpoint.token)
  }

  private func admit(_ connection: Descriptor, at path: String) {
    do throws(ConnectionLimit.Refusal) {
      let served = try connections.admit(connection)
      let isServing = state.withLock { state in
        guard state.phase == .serving else { return false }
        cgrpc_server_add_connection(handle.pointer, served)
        return true
      }
      if !isServing {
        shutdown(served, Int32(SHUT_RDWR))
        Glibc.close(served)
      }
    } catch {
      TransportLog.refused("\(error)", at: path)
    }
  }
}

// Calls, on the polling thread and then in a task each.
extension RPCServer {
  private func awaitCall() {
    let call = ServerCall(queue: queue)
    queue.start({ cgrpc_server_call_request(call.handle.pointer, handle.pointer, $0) }) { [self] isCall in
      guard isCall else { return withExtendedLifetime(call) {} }  // the server stops
      awaitCall()
      dispatch(call)
    }
  }

  private func dispatch(_ call: ServerCall) {
    let id = ObjectIdentifier(call)
    let phase = state.withLock { state in
      state.calls[id] = call
      return state.phase
    }
    call.watchClient()
    if let method = methods[call.method] {
      call.receive { [self] request in run(call, as: id) { [self] in await answer($0, method, request) } }
    } else {
      run(call, as: id) { (nil, RPCStatus(code: .unimplemented, message: "no method \($0.method)")) }
    }
    if phase != .serving, isStream(call) { call.serverStops() }
  }

  private func run(
    _ call: ServerCall, as id: ObjectIdentifier, _ body: @escaping @Sendable (ServerCall) async -> ServerCall.Outcome
  ) {
    call.run(body) { [self] in
      state.withLock { _ = $0.calls.removeValue(forKey: id) }
      proceedWhenIdle()
    }
  }

  private func answer(_ call: ServerCall, _ method: RPCMethod, _ request: ByteBuffer?) async -> ServerCall.Outcome {
    guard let request else { return (nil, RPCStatus(code: .internal, message: "the call has no request message")) }
    let ok = RPCStatus(code: .ok, message: "")
    do throws(RPCStatus) {
      switch method {
      case .unary(let body): return (try await body(request), ok)
      case .serverStream(let body):
        try await body(request, ResponseStream(call: call))
        return (nil, ok)
      }
    } catch {
      return (nil, call.endsBecauseServerStops && error.code == .cancelled ? ok : error)
    }
  }
}
