/// Why it is unknown which pod has which device, or where its sandbox is.
public enum KubeletStateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// kubelet's checkpoint cannot be read.
  case checkpoint(path: String, reason: String)
  /// A call to the container runtime or to kubelet failed.
  case call(method: String, socket: String, reason: String)
  /// What the container runtime says about a sandbox cannot be used.
  case sandboxInfo(sandbox: String, reason: String)

  public var description: String {
    switch self {
    case .checkpoint(let path, let reason): "\(path): \(reason)"
    case .call(let method, let socket, let reason): "\(socket): \(method) failed: \(reason)"
    case .sandboxInfo(let sandbox, let reason): "sandbox \(sandbox): \(reason)"
    }
  }
}
