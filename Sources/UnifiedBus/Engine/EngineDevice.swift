/// A device as the UBS engine lists it.
struct EngineDevice: Sendable, Hashable {
  var name: DeviceName
  var health: Health
  /// The first function's controller id in the upper half, its entity id in the lower half.
  var hardwareID: UInt64

  init(name: DeviceName, health: Health, hardwareID: UInt64) {
    self.name = name
    self.health = health
    self.hardwareID = hardwareID
  }

  /// The engine's state of a device.
  enum Health: Sendable, Hashable, CustomStringConvertible {
    case active
    case inactive
    case unknown
    case portDown
    /// A code that no known branch of the engine has.
    case other(UInt32)
    /// The engine has not answered for too long; it does not report this state itself.
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

    var description: String {
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

  var isHealthy: Bool { health == .active }
}
