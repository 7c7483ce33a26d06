/// Why a UB device was not moved to a network namespace. The devices moved before it were moved back.
public struct MoveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What prevented the move.
  public enum Cause: Sendable, Equatable {
    /// This kernel has no generic netlink family UBCORE_GENL.
    case familyAbsent
    /// EPERM although the process has CAP_NET_ADMIN: all namespaces share the host's UB devices.
    case sharedMode
    /// EPERM: the process lacks CAP_NET_ADMIN.
    case noCapability
    /// EINVAL or ENODEV: no UB device has this name.
    case unknownDevice
    /// EBUSY: the device is in use.
    case busy
    /// The kernel did not answer within the limit; the move may still happen.
    case timedOut
    /// Any other error of the exchange.
    case other(NetlinkError)
  }

  /// The UB device, e.g. `udma1`.
  public let device: String
  /// What prevented the move.
  public let cause: Cause
  /// The devices that this call moved and could not move back.
  public let stranded: [String]

  init(device: String, cause: Cause, stranded: [String] = []) {
    self.device = device
    self.cause = cause
    self.stranded = stranded
  }

  public var description: String {
    let left = stranded.isEmpty ? "" : "; not moved back: \(stranded.joined(separator: ", "))"
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
      "refused (EPERM): set UB devices to exclusive mode at boot, before any pod has a network namespace, "
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
