/// Why a device was not moved to its pod: which of the four steps failed, for which devices, and what to do.
struct PlacementFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The steps in their order.
  enum Step: Int, Sendable, CaseIterable {
    /// From device ids to the pod that has them: kubelet's checkpoint or its pod resources API.
    case pod = 1
    /// From the pod to its running sandbox: the container runtime.
    case sandbox
    /// From the sandbox to its network namespace.
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

  var step: Step
  /// The device ids, as kubelet knows them.
  var ids: [String]
  var reason: String
  /// What an operator can do about it; nil when the reason says it.
  var advice: String?

  init(step: Step, ids: [String], reason: String, advice: String?) {
    self.step = step
    self.ids = ids
    self.reason = reason
    self.advice = advice
  }

  var description: String {
    "step \(step.rawValue) of 4, \(step.name), failed for \(ids.joined(separator: ", ")): \(reason)"
      + (advice.map { "; \($0)" } ?? "")
  }
}
