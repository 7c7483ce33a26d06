/// Why it is unknown which pod has a device, or where the pod's sandbox is.
public enum KubeletStateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// kubelet's checkpoint can't be read or used.
  case checkpoint(path: String, reason: String)
  /// A call to the container runtime or to kubelet failed.
  case call(method: String, socket: String, reason: String)
  /// The container runtime's answer about a sandbox can't be used.
  case sandboxInfo(sandbox: String, reason: String)

  public var description: String {
    switch self {
    case .checkpoint(let path, let reason): "\(path): \(reason)"
    case .call(let method, let socket, let reason): "\(socket): \(method) failed: \(reason)"
    case .sandboxInfo(let sandbox, let reason): "sandbox \(sandbox): \(reason)"
    }
  }
}
