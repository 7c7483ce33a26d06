/// A device as the UBS engine lists it.
public struct EngineDevice: Sendable, Hashable {
  public var name: DeviceName
  public var health: Health
  /// The first function's controller id in the upper half, its entity id in the lower.
  public var hardwareID: UInt64

  public init(name: DeviceName, health: Health, hardwareID: UInt64) {
    self.name = name
    self.health = health
    self.hardwareID = hardwareID
  }

  /// The engine's state of a device.
  public enum Health: Sendable, Hashable, CustomStringConvertible {
    case active
    case inactive
    case unknown
    case portDown
    /// A code that no branch read so far has.
    case other(UInt32)
    /// Not reported by the engine: it has not answered for too long.
    case engineLost

    init(code: UInt32) {
      switch code {
      case 0: self = .active
      case 1: self = .inactive
      case 2: self = .unknown
      case 3: self = .portDown
      default: self = .other(code)
      }
    }

    public var description: String {
      switch self {
      case .active: "active"
      case .inactive: "not activated"
      case .unknown: "state unknown to the UBS engine"
      case .portDown: "port down"
      case .other(let code): "state \(code) of the UBS engine"
      case .engineLost: "the UBS engine does not answer"
      }
    }
  }

  public var isHealthy: Bool { health == .active }
}
