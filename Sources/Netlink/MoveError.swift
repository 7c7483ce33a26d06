/// A UB device that could not be moved, and why; those moved before it were brought home again.
public struct MoveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What prevented the move.
  public enum Cause: Sendable, Equatable {
    /// This kernel has no family UBCORE_GENL.
    case familyAbsent
    /// EPERM although the process may: the host's UB devices are shared by all namespaces.
    case sharedMode
    case noCapability
    /// EINVAL: no UB device of this name.
    case unknownDevice
    case busy
    case timedOut
    case other(NetlinkError)
  }

  public let device: String
  public let cause: Cause
  /// Devices that this call moved and could not bring home.
  public let stranded: [String]

  public init(device: String, cause: Cause, stranded: [String] = []) {
    self.device = device
    self.cause = cause
    self.stranded = stranded
  }

  public var description: String {
    let left = stranded.isEmpty ? "" : "; not brought home: \(stranded.joined(separator: ", "))"
    return "UB device \(device) was not moved: \(cause.reason)\(left)"
  }
}

extension MoveError.Cause {
  /// What is wrong and what to do about it.
  var reason: String {
    switch self {
    case .familyAbsent:
      "the kernel has no generic netlink family UBCORE_GENL; load the ubcore module"
    case .sharedMode:
      "UB devices are in shared mode (EPERM); set the exclusive mode at boot, before any pod has a network namespace, "
        + "and run outside of user namespaces"
    case .noCapability:
      "not permitted (EPERM); run with CAP_NET_ADMIN in the host's user namespace"
    case .unknownDevice:
      "the kernel knows no UB device of this name (EINVAL); see which ones `devicepool inventory` lists"
    case .busy:
      "the device is busy (EBUSY); it will be tried again when the container is started again"
    case .timedOut:
      "the kernel did not answer in time; see its log for ubcore"
    case .other(let error):
      "\(error)"
    }
  }
}
