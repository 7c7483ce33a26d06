import Synchronization

/// The UBS engine of this node, asked over its unix socket: which UB devices there are, how they are, where their nodes
/// are. Asking does not change its state.
public final class UBSEngine: Sendable {
  /// How long a reply may take.
  public struct TimeLimits: Sendable {
    public var call: Duration = .seconds(3)
    /// While the dialect is being found out: an engine of another dialect may wait for bytes that never come.
    public var probe: Duration = .seconds(1)

    public init() {}
  }

  public let socket: String
  private let configured: EngineDialect?
  private let limits: TimeLimits
  private let learned = Mutex<EngineDialect?>(nil)

  /// With `dialect` nil it is found out by asking, and again whenever a reply cannot be read.
  public init(socket: String, dialect: EngineDialect?, limits: TimeLimits = .init()) {
    self.socket = socket
    configured = dialect
    self.limits = limits
  }

  /// The dialect in use; nil while it is not known.
  public var dialect: EngineDialect? { configured ?? learned.withLock { $0 } }

  /// Every device of the node, healthy or not.
  public func devices() async throws(UnifiedBusError) -> EngineDeviceList {
    try await listed().list
  }

  /// The nodes of a device.
  ///
  /// The list is asked for first, each time: the engine may have been replaced by one of another dialect, in which this
  /// request is something else. Throws `unknownDevice` when the device is not in it.
  public func paths(of name: DeviceName) async throws(UnifiedBusError) -> EnginePaths {
    let (dialect, list) = try await listed()
    guard list.devices.contains(where: { $0.name == name }) else {
      throw .unknownDevice(name: name.text, socket: socket)
    }
    let body = try await exchange(.paths(name), in: dialect, limit: limits.call)
    return try EnginePaths(decoding: body, dialect: dialect)
  }

  private func listed() async throws(UnifiedBusError) -> (dialect: EngineDialect, list: EngineDeviceList) {
    if let configured {
      return (configured, try await list(in: configured, limit: limits.call))
    }
    guard let known = dialect else { return try await probe() }
    do throws(UnifiedBusError) {
      return (known, try await list(in: known, limit: limits.call))
    } catch {
      if case .engineUnreachable = error { throw error }
      learned.withLock { $0 = nil }
      return try await probe()
    }
  }

  /// Asks for the list in B, then C, then A, over a new connection each, and remembers what was understood.
  ///
  /// This order is harmless: B's list is C's lookup of a device without a name, which fails. A is left out when the
  /// engine has answered the others in their form, as no engine of A does.
  private func probe() async throws(UnifiedBusError) -> (dialect: EngineDialect, list: EngineDeviceList) {
    var reasons: [String] = []
    var refusals = 0
    for dialect in [EngineDialect.b, .c, .a] where dialect != .a || refusals < 2 {
      do throws(UnifiedBusError) {
        let list = try await list(in: dialect, limit: limits.probe)
        learned.withLock { $0 = dialect }
        return (dialect, list)
      } catch {
        if case .engineUnreachable = error { throw error }
        if case .engineRefused = error { refusals += 1 }
        reasons.append("\(dialect.rawValue): \(error)")
      }
    }
    throw .unknownDialect(socket: socket, reasons: reasons)
  }

  private func list(in dialect: EngineDialect, limit: Duration) async throws(UnifiedBusError) -> EngineDeviceList {
    let body = try await exchange(.list, in: dialect, limit: limit)
    return try EngineDeviceList(decoding: body, dialect: dialect)
  }

  private func exchange(
    _ request: EngineRequest, in dialect: EngineDialect, limit: Duration
  ) async throws(UnifiedBusError) -> ArraySlice<UInt8> {
    try await OwnThread.run(name: "ubse") { [socket] () throws(UnifiedBusError) in
      let connection = try EngineConnection(path: socket, dialect: dialect, limit: limit)
      return try connection.exchange(request)
    }
  }
}
