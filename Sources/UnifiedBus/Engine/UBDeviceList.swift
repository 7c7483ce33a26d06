/// The node's UB devices as kubelet should see them, even when the UBS engine fails.
///
/// A failure leaves the last list as it is; the third in a row makes every device unhealthy. A list is never emptied by
/// a failure, because kubelet would take the devices' pods for pods without devices.
public struct UBDeviceList: Sendable, Equatable {
  /// By name; nil until the engine has answered for the first time.
  public private(set) var devices: [EngineDevice]?
  /// Failures since the last good answer.
  public private(set) var failures = 0
  /// Names in the last warning; a warning is repeated only when they change.
  private var warned: [EngineDevice] = []

  /// How many failures in a row the last list outlives.
  public static let tolerated = 3

  public init() {}

  /// What an answer means for the world outside.
  public struct Update: Sendable, Equatable {
    /// The list, or the health of a device in it, has changed.
    public var isChanged: Bool
    /// To be logged, at most one of a kind: nil when it has been said.
    public var warnings: [String]
  }

  /// Takes in an answer of the engine, or the lack of one.
  ///
  /// An empty answer after a list counts as a failure: a restarted engine gives it until it has found its devices.
  public mutating func receive(_ answer: Result<EngineDeviceList, UnifiedBusError>) -> Update {
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
