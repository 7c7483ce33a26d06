import Synchronization

/// A client of the node's UBS engine, over its unix socket: it lists UB devices, their health and their device nodes.
/// Requests do not change the engine's state.
final class UBSEngine: Sendable {
  /// How long a reply may take.
  struct TimeLimits: Sendable {
    var call: Duration = .seconds(3)
    /// For each attempt to detect the dialect: an engine of another dialect may wait for bytes that never come.
    var probe: Duration = .seconds(1)

    init() {}
  }

  let socket: String
  private let configured: EngineDialect?
  private let limits: TimeLimits
  private let learned = Mutex<EngineDialect?>(nil)

  /// With `dialect` nil the dialect is detected, and detected again whenever a reply can't be read.
  init(socket: String, dialect: EngineDialect?, limits: TimeLimits = .init()) {
    self.socket = socket
    configured = dialect
    self.limits = limits
  }

  /// The dialect in use; nil until it is detected.
  var dialect: EngineDialect? { configured ?? learned.withLock { $0 } }

  /// Lists every device of the node, healthy or not.
  func devices() async throws(UnifiedBusError) -> EngineDeviceList {
    try await listed().list
  }

  /// Asks for the kernel devices of a unit.
  ///
  /// The list is requested first, each time: another engine may run now, in whose dialect this request means something
  /// else.
  ///
  /// - Throws: `unknownDevice` when the list lacks the device.
  func paths(of name: DeviceName) async throws(UnifiedBusError) -> EnginePaths {
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

  /// Requests the list in dialects B, C and A, over a new connection each, and remembers the dialect of the first valid
  /// reply.
  ///
  /// This order is harmless: B's list is C's lookup of a device without a name, which fails. A is skipped when the
  /// engine has answered B and C in their form, which no engine of A does.
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
