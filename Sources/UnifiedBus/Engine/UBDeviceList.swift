/// The node's UB devices as kubelet should see them, also while the UBS engine fails.
///
/// After a failure the last list stays valid; the third failure in a row makes every device unhealthy. A failure never
/// empties the list, because kubelet would then count the devices' pods as pods without devices.
struct UBDeviceList: Sendable, Equatable {
  /// The devices, ordered by name; nil until the engine has answered once.
  private(set) var devices: [EngineDevice]?
  /// Failures since the last good answer.
  private(set) var failures = 0
  /// The unhealthy devices of the last warning. It is repeated only when they change.
  private var warned: [EngineDevice] = []

  /// After this many failures in a row the devices become unhealthy.
  static let tolerated = 3

  init() {}

  /// What an answer changes.
  struct Update: Sendable, Equatable {
    /// Whether the list, or the health of a device in it, has changed.
    var isChanged: Bool
    /// Messages to log; each kind at most once until it changes.
    var warnings: [String]
  }

  /// Applies an answer of the engine, or a failure.
  ///
  /// An empty answer after a list counts as a failure: a restarted engine gives it until it has found its devices.
  mutating func receive(_ answer: Result<EngineDeviceList, UnifiedBusError>) -> Update {
    let before = devices
    var warnings: [String] = []
    switch answer {
    case .failure(let error):
      warnings += failed("\(error)")
    case .success(let list) where list.devices.isEmpty && devices?.isEmpty == false:
      warnings += failed("the UBS engine lists no device any more")
    case .success(let list):
      if failures >= Self.tolerated { warnings.append("the UBS engine answers again") }
      failures = 0
      devices = list.devices
      if !list.refused.isEmpty, before != devices {
        warnings.append("left out of the list: \(list.refused.map(\.description).joined(separator: "; "))")
      }
    }
    warnings += unhealthyWarning()
    return Update(isChanged: devices != before, warnings: warnings)
  }

  private mutating func failed(_ reason: String) -> [String] {
    failures += 1
    if failures == Self.tolerated {
      devices = devices?.map { EngineDevice(name: $0.name, health: .engineLost, hardwareID: $0.hardwareID) }
      return ["\(reason); \(failures) failures in a row, every device is unhealthy now"]
    }
    return failures == 1 ? ["\(reason); the last list is kept for \(Self.tolerated) failures"] : []
  }

  /// One line for all devices that are not healthy, when they are not the same as before.
  private mutating func unhealthyWarning() -> [String] {
    let unhealthy = (devices ?? []).filter { !$0.isHealthy }
    defer { warned = unhealthy }
    guard unhealthy != warned, !unhealthy.isEmpty else { return [] }
    let texts = unhealthy.map { "\($0.name) (\($0.health), hwResId 0x\(String($0.hardwareID, radix: 16)))" }
    return ["unhealthy UB devices: \(texts.joined(separator: ", "))"]
  }
}
