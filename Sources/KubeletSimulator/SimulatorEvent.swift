public import GRPC

/// An event that the simulator reports for people to read.
public enum SimulatorEvent: Sendable, Equatable {
  /// A plugin has registered a resource.
  case registered(resource: String, socket: String)
  /// A registration was refused, by either path.
  case refused(socket: String, reason: String)
  /// A plugin has sent a device list.
  case listed(resource: String, devices: Int, healthy: Int)
  /// A plugin's ListAndWatch stream has ended. `status` is nil when it ended with OK; kubelet treats both alike.
  case streamEnded(resource: String, status: RPCStatus?)
  /// A socket in `plugins_registry` was removed.
  case socketVanished(String)
  /// The checkpoint could not be written; kubelet logs this and continues.
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
