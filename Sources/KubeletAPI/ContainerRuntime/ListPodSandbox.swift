/// Asks the container runtime for pod sandboxes. Corresponds to `runtime.v1.ListPodSandboxRequest`.
public struct ListPodSandboxRequest: WireMessage {
  /// The conditions; nil asks for all sandboxes.
  public var filter: PodSandboxFilter?

  /// Creates the request for the sandboxes that a filter matches.
  public init(filter: PodSandboxFilter?) {
    self.filter = filter
  }
}

/// Conditions that a sandbox must meet together. Corresponds to `runtime.v1.PodSandboxFilter`.
public struct PodSandboxFilter: WireMessage {
  /// The label that carries the pod's UID.
  public static let podUIDLabel = "io.kubernetes.pod.uid"

  /// The sandbox's id; empty matches all.
  public var id: String
  /// The state; nil matches all.
  public var state: PodSandboxState?
  /// Labels that the sandbox must have, e.g. `podUIDLabel`; empty matches all.
  public var labels: [String: String]

  /// Creates a filter; a condition that is left out matches all sandboxes.
  public init(id: String = "", state: PodSandboxState? = nil, labels: [String: String] = [:]) {
    self.id = id
    self.state = state
    self.labels = labels
  }
}

/// The sandboxes that match the filter. Corresponds to `runtime.v1.ListPodSandboxResponse`.
public struct ListPodSandboxResponse: WireMessage {
  /// The sandboxes, in the runtime's order.
  public var sandboxes: [PodSandbox]

  /// Creates the runtime's answer.
  public init(sandboxes: [PodSandbox]) {
    self.sandboxes = sandboxes
  }
}
