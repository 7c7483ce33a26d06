/// A file of the host that can't be read or has other contents than the kernel promises.
///
/// Problems are reported beside the snapshot: one broken device never hides the others.
public struct InventoryProblem: Sendable, Hashable, CustomStringConvertible {
  /// The path as the host spells it, e.g. `/sys/bus/pci/devices/0000:3b:00.0/vendor`.
  public let path: String
  /// What is wrong, without the path.
  public let reason: String
  /// Whether the kernel does not answer a read of the file.
  public private(set) var isSilence = false
  /// The function whose facts are missing; nil where it is not known.
  var function: PCIAddress?

  /// Describes a problem.
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
