/// Something on this host that could not be read or is not of the form the kernel promises.
///
/// It stands beside the snapshot: one broken device never hides the rest of the machine.
public struct InventoryProblem: Sendable, Hashable, CustomStringConvertible {
  /// The path as the host spells it, such as `/sys/bus/pci/devices/0000:3b:00.0/vendor`.
  public let path: String
  public let reason: String
  /// The kernel does not answer a read of the file, now or for good.
  public private(set) var isSilence = false
  /// The function whose facts are missing; nil where it is not known.
  var function: PCIAddress?

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  init(_ error: HostInventoryError) {
    self.init(path: error.path ?? "", reason: error.reason)
    if case .unanswered = error { isSilence = true }
  }

  public var description: String { "\(path): \(reason)" }
}
