/// Why a kernel device that the UBS engine names for a unit is not handed out.
enum AnswerFault: Sendable, Equatable {
  /// The host's own bonding device.
  case reserved
  /// This host has no such device.
  case missing
  /// The answer names it twice.
  case repeated
  /// Another unit has it; `holder` says which, and in which pod.
  case held(by: String)

  /// What is wrong and what to do, after the device's path.
  var explanation: String {
    switch self {
    case .reserved: "which belongs to the host and is never handed out; take it out of the engine's list of devices"
    case .missing: "which this host does not have; compare /sys/class/uburma with the engine's list of devices"
    case .repeated: "twice; check the engine's list of devices"
    case .held(let holder):
      "which \(holder) has; after a renumbering, restart the pods that have devices, then this one can start"
    }
  }
}
