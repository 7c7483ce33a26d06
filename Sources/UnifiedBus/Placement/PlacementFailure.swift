/// Why a device was not moved to its pod: which of the four steps failed, for which devices, and what to do.
public struct PlacementFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// In the order in which they are taken.
  public enum Step: Int, Sendable, CaseIterable {
    /// Device ids to the pod that holds them: kubelet's checkpoint, or its pod resources.
    case pod = 1
    /// The pod to its running sandbox: the container runtime.
    case sandbox
    /// The sandbox to its network namespace.
    case namespace
    /// The devices into the namespace: the kernel.
    case move

    var name: String {
      switch self {
      case .pod: "find the pod"
      case .sandbox: "find the pod's sandbox"
      case .namespace: "find the network namespace"
      case .move: "move the device"
      }
    }
  }

  public var step: Step
  /// Device ids, as kubelet has them.
  public var ids: [String]
  public var reason: String
  /// What an operator can do about it; nil when the reason says it.
  public var advice: String?

  public init(step: Step, ids: [String], reason: String, advice: String?) {
    self.step = step
    self.ids = ids
    self.reason = reason
    self.advice = advice
  }

  public var description: String {
    "step \(step.rawValue) of 4, \(step.name), failed for \(ids.joined(separator: ", ")): \(reason)"
      + (advice.map { "; \($0)" } ?? "")
  }
}
