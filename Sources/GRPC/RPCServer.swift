import CGRPC
import Glibc
import Linux
import Synchronization

/// Serves methods on a unix socket.
///
/// `listen` opens the socket and `stop` closes the server for good. Between them `listen` may be called again, when the
/// socket file was deleted or must move; open connections stay open. A server that listens must be stopped before it is
/// released.
public final class RPCServer: Sendable {
  /// How much work clients can cause a server.
  public struct Limits: Sendable {
    /// Open connections; further ones are closed at once.
    public var connections = 64
    /// The size of a request in bytes; a larger one ends its call with `resourceExhausted`.
    public var maxMessageBytes = 16 << 20
    /// Concurrent calls on one connection, which the client respects (SETTINGS_MAX_CONCURRENT_STREAMS of HTTP/2).
    public var callsPerConnection = 128

    /// Creates the default limits.
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
    /// Calls that have not ended.
    var calls = 0
    /// The streams among these calls; `stop` ends them.
    var streams: [ObjectIdentifier: ServerCall] = [:]
    /// The core's shutdown ends when its call has returned and its tag has arrived, in either order.
    var endsOfShutdown = 0
  }

  private struct Endpoint {
    let listener: UnixListener
    let token: DescriptorWatcher.Token
  }

  private let queue: CompletionQueue
  private let methods: [String: RPCMethod]
  private let maxMessageBytes: Int
  private let connections: ConnectionLimit
  /// Not to be used once the phase is `down`: the C object is gone then.
  private let handle: Handle
  private let state = Mutex(State())
  private let stopped = Gate()

  /// Creates a server that does not listen yet. `methods` has the full path of each method as its key, e.g.
  /// `/v1beta1.DevicePlugin/Allocate`; a call of any other path is answered with `unimplemented`.
  public init(queue: CompletionQueue, methods: [String: RPCMethod], limits: Limits = .init()) {
    self.queue = queue
    self.methods = methods
    connections = ConnectionLimit(
      most: limits.connections, peers: PeerPolicy(owner: geteuid()), watcher: queue.watcher)
    maxMessageBytes = limits.maxMessageBytes
    handle = Handle(cgrpc_server_create(queue.handle.pointer, Int32(clamping: limits.callsPerConnection)))
  }

  deinit {
    // Anything but a server that never listened is kept alive by its operations until it is down.
    if state.withLock({ $0.phase == .idle }) { cgrpc_server_destroy(handle.pointer) }
  }

  /// Listens on `path`, with `mode` as the permissions of the socket file, and closes the socket that this server
  /// listened on before.
  ///
  /// - Throws: `inUse` when a live process listens on the path. A socket file that no process listens on is replaced.
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

  /// Whether the path still leads to this server's socket; false e.g. when kubelet has cleaned its directory.
  public var ownsSocketFile: Bool { state.withLock { $0.endpoint }?.listener.ownsFile ?? false }

  /// Stops accepting, deletes the socket file if it is still this server's, ends every stream with OK and gives unary
  /// calls `grace` to end; then it cancels those that are left. It returns within `grace` and a second.
  public func stop(grace: Duration) async {
    let (phase, endpoint, streams) = state.withLock { state in
      defer {
        if state.phase == .serving { state.phase = .draining }
        if state.phase == .idle { state.phase = .down }
        state.endpoint = nil
      }
      return (state.phase, state.endpoint, Array(state.streams.values))
    }
    if let endpoint { close(endpoint) }
    switch phase {
    case .idle:
      cgrpc_server_destroy(handle.pointer)
      stopped.open()
    case .serving: await drain(streams, grace: grace)
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

  private func drain(_ streams: [ServerCall], grace: Duration) async {
    queue.start({ tag in
      cgrpc_server_shutdown(handle.pointer, tag)
      return true
    }) { [self] _ in
      shutdownEnded()
    }
    shutdownEnded()
    for stream in streams { stream.serverStops() }
    let deadline = Task { [self] in
      try await Task.sleep(for: grace)
      cancelCalls()
      // For methods that ignore their cancellation; their calls are freed when they return.
      try await Task.sleep(for: .seconds(1))
      stopped.open()
    }
    proceedWhenIdle()
    await stopped.wait()
    deadline.cancel()
  }

  /// Called twice, because the core reports the end while its shutdown still uses the server object.
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

  private func cancelCalls() {
    state.withLock { state in
      if state.phase == .draining { cgrpc_server_cancel_calls(handle.pointer) }
    }
  }

  /// With no call left, a stop is over once the core is down. Until then connections get a moment to hear that the
  /// server goes, and are closed: a peer that does not answer would hold up the stop until the grace is over.
  private func proceedWhenIdle() {
    switch state.withLock({ $0.calls == 0 ? $0.phase : nil }) {
    case .down: stopped.open()
    case .draining:
      Task {
        try await Task.sleep(for: .milliseconds(200))
        // A call that was on its way when the stop began has the whole grace; its end leads here again.
        if state.withLock({ $0.calls == 0 }) { cancelCalls() }
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
        TransportLog.refused("\(Errno(error)); trying again in a moment", at: listener.path)
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

// Calls: they arrive on the polling thread; a task answers each.
extension RPCServer {
  private func awaitCall() {
    let call = ServerCall(queue: queue)
    queue.start({ cgrpc_server_call_request(call.handle.pointer, handle.pointer, $0) }) { [self] isCall in
      // The server stops. The core has used the call's memory until now.
      guard isCall else { return withExtendedLifetime(call) {} }
      awaitCall()
      dispatch(call)
    }
  }

  private func dispatch(_ call: ServerCall) {
    let method = methods[call.method]
    let isStream = if case .serverStream = method { true } else { false }
    let phase = state.withLock { state in
      state.calls += 1
      if isStream { state.streams[ObjectIdentifier(call)] = call }
      return state.phase
    }
    call.watchClient()
    if let method {
      call.receive(limit: maxMessageBytes) { [self] request in
        call.run({ call in await Self.outcome(of: call, method, request) }) { [self] in ended(call) }
      }
    } else {
      let status = RPCStatus(code: .unimplemented, message: "no method \(call.method)")
      call.run({ _ in (nil, status) }) { [self] in ended(call) }
    }
    if phase != .serving, isStream { call.serverStops() }
  }

  private static func outcome(
    of call: ServerCall, _ method: RPCMethod, _ request: Result<ByteBuffer, RPCStatus>
  ) async -> ServerCall.Outcome {
    let ok = RPCStatus(code: .ok, message: "")
    do throws(RPCStatus) {
      switch method {
      case .unary(let body): return (try await body(try request.get()), ok)
      case .serverStream(let body):
        try await body(try request.get(), ResponseStream(call: call))
        return (nil, ok)
      }
    } catch {
      return (nil, call.endsBecauseServerStops && error.code == .cancelled ? ok : error)
    }
  }

  private func ended(_ call: ServerCall) {
    state.withLock { state in
      state.calls -= 1
      state.streams[ObjectIdentifier(call)] = nil
    }
    proceedWhenIdle()
  }
}
