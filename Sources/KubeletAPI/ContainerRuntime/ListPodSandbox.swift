/// Asks for the sandboxes of pods. Corresponds to `runtime.v1.ListPodSandboxRequest`.
public struct ListPodSandboxRequest: WireMessage {
  /// nil means all.
  public var filter: PodSandboxFilter?

  public init(filter: PodSandboxFilter?) {
    self.filter = filter
  }
}

/// What a sandbox must be like, each condition unless empty. Corresponds to `runtime.v1.PodSandboxFilter`.
public struct PodSandboxFilter: WireMessage {
  /// The label that carries the pod's UID.
  public static let podUIDLabel = "io.kubernetes.pod.uid"

  public var id: String
  public var state: PodSandboxState?
  public var labels: [String: String]

  public init(id: String = "", state: PodSandboxState? = nil, labels: [String: String] = [:]) {
    self.id = id
    self.state = state
    self.labels = labels
  }
}

/// Corresponds to `runtime.v1.ListPodSandboxResponse`.
public struct ListPodSandboxResponse: WireMessage {
  public var sandboxes: [PodSandbox]

  public init(sandboxes: [PodSandbox]) {
    self.sandboxes = sandboxes
  }
}
