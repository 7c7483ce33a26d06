public import HostInventory
import Logging
public import ResourcePools

/// Asks the UBS engine for the node's UB devices again and again, and keeps what it last said.
public actor UBEngineWatch {
  private let log: Logger
  private let changed: @Sendable () -> Void
  private var options: PoolConfig.UBSEngineOptions?
  private var engine: UBSEngine?
  private var list = UBDeviceList()
  private var polling: Task<Void, Never>?

  /// `changed` is called when a poll brought another list than the one before.
  init(log: Logger, changed: @escaping @Sendable () -> Void) {
    self.log = log
    self.changed = changed
  }

  /// What the engine says when it is asked once, for commands that end at once.
  public static func facts(for config: PluginConfig) async -> ([String: UBDevice]?, [InventoryProblem]) {
    guard let options = options(of: config) else { return (nil, []) }
    do throws(UnifiedBusError) {
      let list = try await UBSEngine(options).devices()
      return (facts(list.devices), list.refused.map { InventoryProblem(path: options.socket, reason: "\($0)") })
    } catch {
      return ([:], [InventoryProblem(path: options.socket, reason: "\(error)")])
    }
  }

  /// The engine's devices with their kernel names, for a recording; nil when no engine is where one usually is.
  public static func everything(on root: HostRoot) async -> ([String: UBDevice]?, [InventoryProblem]) {
    let options = PoolConfig.UBSEngineOptions(
      socket: PoolConfig.UBSEngineOptions.standardSocket, dialect: .auto)
    guard root.exists(options.socket) else { return (nil, []) }
    let engine = UBSEngine(socket: root.resolve(options.socket), dialect: nil)
    var problems: [InventoryProblem] = []
    do throws(UnifiedBusError) {
      let list = try await engine.devices()
      var devices = facts(list.devices)
      for device in list.devices where device.isHealthy {
        do throws(UnifiedBusError) {
          let paths = try await engine.paths(of: device.name)
          devices[device.name.text]?.kernelDevices = paths.devices.map(\.kernelName)
        } catch {
          problems.append(InventoryProblem(path: options.socket, reason: "\(error)"))
        }
      }
      return (devices, problems)
    } catch {
      return (nil, [InventoryProblem(path: options.socket, reason: "\(error)")])
    }
  }

  /// Of the first pool that names one: there is one engine on a node.
  private static func options(of config: PluginConfig) -> PoolConfig.UBSEngineOptions? {
    config.pools.lazy.compactMap(\.ubsEngine).first
  }

  /// Takes over which engine to ask.
  ///
  /// Returns when a new engine has answered once, or has had its time to.
  func follow(_ config: PluginConfig) async {
    let wanted = Self.options(of: config)
    guard wanted != options else { return }
    options = wanted
    list = UBDeviceList()
    polling?.cancel()
    polling = nil
    engine = wanted.map(UBSEngine.init)
    guard let wanted else { return }
    _ = await ask()
    polling = Task { [weak self] in
      while (try? await Task.sleep(for: .seconds(wanted.pollSeconds))) != nil {
        guard let self else { return }
        if await self.ask() { self.changed() }
      }
    }
  }

  func stop() { polling?.cancel() }

  /// For the inventory: nil when no engine is configured and sysfs is asked; empty before the engine's first answer.
  ///
  /// Without kernel names: they are asked for when a device is handed out, because some engines make a device ready
  /// when they are asked for them.
  public var facts: [String: UBDevice]? {
    engine == nil ? nil : Self.facts(list.devices ?? [])
  }

  private static func facts(_ devices: [EngineDevice]) -> [String: UBDevice] {
    var facts: [String: UBDevice] = [:]
    for device in devices {
      facts[device.name.text] = UBDevice(
        kernelDevices: [], transportType: unifiedBusTransport, isHealthy: device.isHealthy,
        reason: device.isHealthy ? nil : device.health.description)
    }
    return facts
  }

  /// The engine manages devices of no other transport. Corresponds to UBCORE_TRANSPORT_UB.
  private static let unifiedBusTransport = 0

  /// The kernel devices of a device that kubelet knows; nil when no engine is configured.
  func paths(of id: String) async throws(UnifiedBusError) -> [DevicePath]? {
    guard let engine else { return nil }
    return try await engine.paths(of: DeviceName(id)).devices
  }

  /// Whether the list is another one now.
  private func ask() async -> Bool {
    guard let engine else { return false }
    let answer: Result<EngineDeviceList, UnifiedBusError>
    do throws(UnifiedBusError) {
      answer = .success(try await engine.devices())
    } catch {
      answer = .failure(error)
    }
    // Another configuration may have come while the engine was asked.
    guard engine === self.engine else { return false }
    let update = list.receive(answer)
    for warning in update.warnings { log.warning("the UBS engine is not well", metadata: ["err": "\(warning)"]) }
    return update.isChanged
  }
}

extension UBSEngine {
  fileprivate convenience init(_ options: PoolConfig.UBSEngineOptions) {
    self.init(socket: options.socket, dialect: EngineDialect(options.dialect))
  }
}

extension EngineDialect {
  /// Nil: to be found out.
  fileprivate init?(_ dialect: PoolConfig.UBSEngineOptions.Dialect) {
    switch dialect {
    case .A: self = .a
    case .B: self = .b
    case .C: self = .c
    case .auto: return nil
    }
  }
}
