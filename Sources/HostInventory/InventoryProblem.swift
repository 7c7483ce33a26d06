/// Something on this host that could not be read or is not of the form the kernel promises.
///
/// It stands beside the snapshot: one broken device never hides the rest of the machine.
public struct InventoryProblem: Sendable, Equatable, CustomStringConvertible {
  /// The path as the host spells it, such as `/sys/bus/pci/devices/0000:3b:00.0/vendor`.
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}
