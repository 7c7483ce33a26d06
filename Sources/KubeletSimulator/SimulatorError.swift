public import GRPC
import Linux

/// Why the simulator could not do what kubelet would do.
public enum SimulatorError: Error, Sendable, Equatable {
  /// A system call on a file or directory of kubelet's failed.
  case system(operation: String, path: String, errno: Int32)
  /// The simulator can't listen on one of kubelet's sockets.
  case listen(ListenError)
  /// The text is not `RESOURCE=N`.
  case notARequest(String)
  /// No plugin has registered the resource.
  case unknownResource(String)
  /// The plugin's stream has ended, and no plugin has registered the resource again.
  case stopped(resource: String)
  /// Fewer devices are free and healthy than the container requests.
  case notEnough(resource: String, wanted: Int, available: Int)
  /// The plugin answered with an error.
  case plugin(resource: String, method: String, RPCStatus)
  /// The plugin's answer can't be used, e.g. because it lacks the container.
  case badAnswer(resource: String, method: String, reason: String)
  /// The pod is not admitted, or has no container of this name.
  case unknownContainer(String, pod: String)
  /// A pod with this UID has been admitted already.
  case podExists(String)
  /// No driver of Dynamic Resource Allocation of this name has registered.
  case unknownDriver(String)
  /// The driver did not prepare a claim or give it back.
  case claim(String, reason: String)
  /// No CDI spec has this device.
  case unknownCDIDevice(String, directory: String)
}

extension SimulatorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let path, let errno): "\(path): \(operation): \(Errno(errno))"
    case .listen(let error): error.description
    case .notARequest(let text): "'\(text)' is not a request: expected RESOURCE=N, N from 1"
    case .unknownResource(let resource): "\(resource): no plugin has registered it"
    case .stopped(let resource): "\(resource): its plugin's endpoint has stopped"
    case .notEnough(let resource, let wanted, let available):
      "\(resource): wanted \(wanted) devices, found \(available) available"
    case .plugin(let resource, let method, let status): "\(resource): \(method) failed: \(status)"
    case .badAnswer(let resource, let method, let reason): "\(resource): the answer of \(method) is unusable: \(reason)"
    case .unknownContainer(let container, let pod): "pod \(pod) has no container '\(container)'"
    case .podExists(let uid): "there is a pod with UID \(uid) already"
    case .unknownDriver(let name): "\(name): no driver of this name has registered"
    case .claim(let claim, let reason): "claim \(claim): \(reason)"
    case .unknownCDIDevice(let name, let directory): "\(name): no CDI spec in \(directory) has this device"
    }
  }
}
