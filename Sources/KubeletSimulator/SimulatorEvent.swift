public import GRPC

/// An event that the stand-in reports to people.
public enum SimulatorEvent: Sendable, Equatable {
  case registered(resource: String, socket: String)
  /// A plugin that kubelet would not take, by either path.
  case refused(socket: String, reason: String)
  case listed(resource: String, devices: Int, healthy: Int)
  /// `status` is nil when the plugin ended its stream well; kubelet treats both alike.
  case streamEnded(resource: String, status: RPCStatus?)
  /// A socket in plugins_registry has gone.
  case socketVanished(String)
  /// The state could not be written or watched; kubelet would log it and go on.
  case problem(SimulatorError)
}

extension SimulatorEvent: CustomStringConvertible {
  public var description: String {
    switch self {
    case .registered(let resource, let socket): "\(resource) is registered at \(socket)"
    case .refused(let socket, let reason): "\(socket) is refused: \(reason)"
    case .listed(let resource, let devices, let healthy):
      "\(resource) lists \(devices) devices, \(healthy) healthy"
    case .streamEnded(let resource, let status):
      "\(resource): its list of devices has ended: \(status.map { "\($0)" } ?? "ok")"
    case .socketVanished(let socket): "\(socket) has gone"
    case .problem(let error): error.description
    }
  }
}
