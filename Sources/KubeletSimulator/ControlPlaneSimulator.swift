import GRPC
import Glibc
import HelperProtocol
public import JSONText
import Linux
import Synchronization

/// Stands in for the API helper, the API server behind it and the scheduler: takes the slices that the daemon publishes, and
/// allocates their devices to claims.
///
/// It connects to the daemon's socket from a thread of its own, again whenever the connection ends, until `stop`.
public final class ControlPlaneSimulator: Sendable {
  struct State {
    var slices: [JSONValue]?
    /// The slices of a revision that is not complete yet.
    var coming: [JSONValue] = []
    /// The answers to lookups of claims, by the claim's uid.
    var claims: [String: HelperMessage.ClaimAnswer] = [:]
    /// By uid: `pool/device` of devices that nobody else can have.
    var taken: [String: Set<String>] = [:]
    var lastClaim = 0
    var isStopped = false
    var dropsTaints = false
    /// Whether it reads nothing, and so answers nothing.
    var hangs = false
  }

  private let path: String
  private let wake: Descriptor
  let state = Mutex(State())

  /// `path` is the daemon's `-api-socket`.
  public init(socket path: String) throws(SimulatorError) {
    self.path = path
    do throws(Errno) { wake = try Descriptor.eventCounter() } catch {
      throw .system(operation: "eventfd", path: path, errno: error.number)
    }
    let error = DedicatedThread.run(name: "control-plane") { [self] in run() }
    guard error == 0 else { throw .system(operation: "pthread_create", path: path, errno: error) }
  }

  /// From now on as an API server whose gate DRADeviceTaints is off.
  public func dropTaints() { state.withLock { $0.dropsTaints = true } }

  /// Behaves as a helper that hangs, or goes on.
  public func hang(_ hangs: Bool) {
    state.withLock { $0.hangs = hangs }
    wake.signal()
  }

  /// The connection ends. What was allocated is kept.
  public func stop() {
    state.withLock { $0.isStopped = true }
    wake.signal()
  }

  /// The slices that the daemon wants to be published, as soon as they are as `condition` wants them; nil when `limit` has
  /// passed before.
  public func slices(
    within limit: Duration, where condition: @Sendable ([JSONValue]) -> Bool = { _ in true }
  ) async -> [JSONValue]? {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      if let slices = state.withLock({ $0.slices }), condition(slices) { return slices }
      guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return nil }
    }
    return nil
  }

  // MARK: The thread

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func run() {
    while !isStopped {
      if let socket = try? ServedSocket.connection(to: path) { talk(on: socket) }
      // The daemon may be starting.
      if !isStopped { wait(for: wake.number, POLLIN, milliseconds: 20) }
    }
  }

  private func talk(on socket: Descriptor) {
    var lines = LineBuffer()
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    guard write(HelperMessage.hello, on: socket) else { return }
    while !isStopped {
      let hangs = state.withLock { $0.hangs }
      var waits = [
        pollfd(fd: hangs ? -1 : socket.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else { return }
      if waits[1].revents != 0 { wake.clear() }
      guard waits[0].revents != 0 else { continue }
      let count = read(socket.number, &bytes, bytes.count)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0, let complete = try? lines.take(bytes.prefix(count)) else { return }
      for line in complete {
        guard let message = try? DaemonMessage(line: line) else { return }
        for answer in take(message) where !write(answer, on: socket) { return }
      }
    }
  }

  private func write(_ message: HelperMessage, on socket: Descriptor) -> Bool {
    var rest = Array("\(message.line)\n".utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EAGAIN { wait(for: socket.number, POLLOUT, milliseconds: 1000) }
      if count < 0, errno != EAGAIN, errno != EINTR { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  private func wait(for descriptor: Int32, _ event: Int32, milliseconds: Int32) {
    var wait = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    _ = poll(&wait, 1, milliseconds)
  }

  private func take(_ message: DaemonMessage) -> [HelperMessage] {
    state.withLock { state in
      switch message {
      case .hello:
        state.coming = []
        return []
      case .slice(let slice):
        state.coming.append(slice)
        return []
      case .publish(let revision, _):
        let dropsTaints = state.dropsTaints && state.coming.contains(where: \.hasTaints)
        state.slices = state.dropsTaints ? state.coming.map(\.withoutTaints) : state.coming
        state.coming = []
        return [.published(revision: revision, problem: nil, dropsTaints: dropsTaints)]
      case .claim(let id, let namespace, let name, let uid):
        return [.claim(id: id, state.claims[uid] ?? .failed("claim \(namespace)/\(name) no longer exists"))]
      case .ping(let id): return [.pong(id: id)]
      }
    }
  }
}

extension JSONValue {
  fileprivate var hasTaints: Bool { (self["spec"]?["devices"]?.array ?? []).contains { $0["taints"] != nil } }

  /// The slice as such a server stores it.
  fileprivate var withoutTaints: JSONValue {
    var slice = self
    let devices = (self["spec"]?["devices"]?.array ?? []).map { device in
      JSONValue.object((device.fields ?? []).filter { $0.key != "taints" })
    }
    slice["spec"]?["devices"] = .array(devices)
    return slice
  }
}
