public import HostInventory
import Logging
public import ResourcePools

/// Polls the UBS engine for the node's UB devices and keeps its last answer.
public actor UBEngineWatch {
  private let log: Logger
  private let changed: @Sendable () -> Void
  private var options: PoolConfig.UBSEngineOptions?
  private var engine: UBSEngine?
  private var list = UBDeviceList()
  /// The last answer for each unit that was healthy then.
  private var answers: [DeviceName: EnginePaths] = [:]
  /// Errors that were logged; each is logged once until it is gone.
  private var toldErrors: Set<String> = []
  private var polling: Task<Void, Never>?

  /// `changed` is called when a poll yields another device list than the one before.
  init(log: Logger, changed: @escaping @Sendable () -> Void) {
    self.log = log
    self.changed = changed
  }

  /// Asks the configured engine once, for a command.
  ///
  /// - Returns: The devices by engine name; nil when no engine is configured, empty when it does not answer.
  public static func facts(for config: PluginConfig) async -> ([String: UBDevice]?, [InventoryProblem]) {
    guard let options = options(of: config) else { return (nil, []) }
    let (devices, problems) = await everything(of: UBSEngine(options))
    return (devices ?? [:], problems)
  }

  /// Asks the engine at its standard socket once, for a recording.
  ///
  /// - Returns: The devices by engine name; nil when there is no such socket or no answer.
  public static func everything(on root: HostRoot) async -> ([String: UBDevice]?, [InventoryProblem]) {
    let socket = PoolConfig.UBSEngineOptions.standardSocket
    guard root.exists(socket) else { return (nil, []) }
    return await everything(of: UBSEngine(socket: root.resolve(socket), dialect: nil))
  }

  /// Lists the devices with their kernel names; nil when the engine does not answer.
  private static func everything(of engine: UBSEngine) async -> ([String: UBDevice]?, [InventoryProblem]) {
    do throws(UnifiedBusError) {
      let list = try await engine.devices()
      let (answers, errors) = await answers(of: engine, for: list.devices)
      return (
        joined(list.devices, answers),
        (list.refused + errors).map { InventoryProblem(path: engine.socket, reason: "\($0)") }
      )
    } catch {
      return (nil, [InventoryProblem(path: engine.socket, reason: "\(error)")])
    }
  }

  /// Asks for the kernel devices of the healthy devices.
  ///
  /// Some engines activate a device when they are asked for its kernel devices. A healthy one is active already, so the
  /// question changes nothing.
  private static func answers(
    of engine: UBSEngine, for devices: [EngineDevice]
  ) async -> ([DeviceName: EnginePaths], [UnifiedBusError]) {
    var answers: [DeviceName: EnginePaths] = [:]
    var errors: [UnifiedBusError] = []
    for device in devices where device.isHealthy {
      do throws(UnifiedBusError) {
        answers[device.name] = try await engine.paths(of: device.name)
      } catch {
        errors.append(error)
        // An engine that has gone does not answer for the others either, and each would take its time.
        if error.isPassing { break }
      }
    }
    return (answers, errors)
  }

  /// The options of the first pool that has some: there is one engine on a node.
  private static func options(of config: PluginConfig) -> PoolConfig.UBSEngineOptions? {
    config.pools.lazy.compactMap(\.ubsEngine).first
  }

  /// Applies which engine to ask. It returns when a new engine has answered once, or its time limit has passed.
  func follow(_ config: PluginConfig) async {
    let wanted = Self.options(of: config)
    guard wanted != options else { return }
    options = wanted
    list = UBDeviceList()
    answers = [:]
    toldErrors = []
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

  /// The devices by engine name, for the inventory. Nil when no engine is configured, so that sysfs is read; empty
  /// before the engine's first answer.
  public var facts: [String: UBDevice]? {
    engine == nil ? nil : Self.joined(list.devices ?? [], answers)
  }

  /// Facts of the listed devices, with the kernel devices that the engine has named for them.
  private static func joined(_ devices: [EngineDevice], _ answers: [DeviceName: EnginePaths]) -> [String: UBDevice] {
    var facts: [String: UBDevice] = [:]
    for device in devices {
      let answer = answers[device.name]
      var fact = UBDevice(
        kernelDevices: answer?.devices.map(\.kernelName) ?? [], transportType: unifiedBusTransport,
        isHealthy: device.isHealthy, reason: device.isHealthy ? nil : device.health.description)
      fact.eids = answer.map { $0.bondingEID.isEmpty ? [] : [$0.bondingEID] } ?? []
      facts[device.name.text] = fact
    }
    return facts
  }

  /// The engine manages devices of no other transport. Corresponds to UBCORE_TRANSPORT_UB.
  private static let unifiedBusTransport = 0

  /// Asks for a unit's kernel devices now; nil when no engine is configured.
  func answer(for id: String) async throws(UnifiedBusError) -> EnginePaths? {
    guard let engine else { return nil }
    let name = try DeviceName(id)
    let answer = try await engine.paths(of: name)
    take(answer, for: name)
    return answer
  }

  /// Whether the configuration has an engine.
  var isAsked: Bool { engine != nil }

  /// The unit's kernel devices by the engine's last answer.
  func lastAnswer(for id: String) -> EnginePaths? {
    answers.first { $0.key.text == id }?.value
  }

  /// Finds another unit for which the engine now names one of these devices too.
  ///
  /// Only units whose last answer names one are asked for again.
  ///
  /// - Returns: nil when there is none.
  func rival(of id: String, for devices: [DevicePath]) async -> String? {
    let rivals = answers.filter { $0.key.text != id && $0.value.devices.contains(where: devices.contains) }
    for name in rivals.keys.sorted() {
      guard let engine, let answer = try? await engine.paths(of: name) else { continue }
      take(answer, for: name)
      if answer.devices.contains(where: devices.contains) { return name.text }
    }
    return nil
  }

  private func take(_ answer: EnginePaths, for name: DeviceName) {
    guard answers[name] != answer else { return }
    answers[name] = answer
    changed()
  }

  /// Polls once.
  ///
  /// - Returns: Whether the list has changed.
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
    let hadFailed = list.failures > 0
    let update = list.receive(answer)
    for warning in update.warnings { log.warning("the UBS engine reports a problem", metadata: ["err": "\(warning)"]) }
    guard case .success = answer, list.failures == 0 else { return update.isChanged }
    let all = list.devices ?? []
    // An engine that was away, or lists other devices, may name other kernel devices too.
    let asked = update.isChanged || hadFailed ? all : all.filter { answers[$0.name] == nil }
    let isAnother = await askAgain(engine, for: asked)
    return isAnother || update.isChanged
  }

  /// Updates the kernel devices. A device without an answer keeps its last one, because a pod may have it.
  ///
  /// - Returns: Whether an answer has changed.
  private func askAgain(_ engine: UBSEngine, for devices: [EngineDevice]) async -> Bool {
    let (news, errors) = await Self.answers(of: engine, for: devices)
    guard engine === self.engine else { return false }
    let texts = Set(errors.map(\.description))
    for text in texts.subtracting(toldErrors).sorted() {
      log.warning("the UBS engine does not name a device's kernel devices", metadata: ["err": "\(text)"])
    }
    toldErrors = texts
    let before = answers
    answers.merge(news) { _, new in new }
    return answers != before
  }
}

extension UBSEngine {
  fileprivate convenience init(_ options: PoolConfig.UBSEngineOptions) {
    self.init(socket: options.socket, dialect: EngineDialect(options.dialect))
  }
}

extension EngineDialect {
  /// Nil for `auto`: the dialect is then detected.
  fileprivate init?(_ dialect: PoolConfig.UBSEngineOptions.Dialect) {
    switch dialect {
    case .A: self = .a
    case .B: self = .b
    case .C: self = .c
    case .auto: return nil
    }
  }
}
