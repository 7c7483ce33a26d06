/// Asks the container runtime for one sandbox. Corresponds to `runtime.v1.PodSandboxStatusRequest`.
public struct PodSandboxStatusRequest: WireMessage {
  /// The sandbox's id.
  public var id: String
  /// Whether the answer should have `info`, which names the sandbox's process.
  public var isVerbose: Bool

  /// Creates the request for one sandbox.
  public init(id: String, isVerbose: Bool) {
    self.id = id
    self.isVerbose = isVerbose
  }
}

/// The state of one sandbox. Corresponds to `runtime.v1.PodSandboxStatusResponse`.
public struct PodSandboxStatusResponse: WireMessage {
  /// The state; nil only in a malformed answer.
  public var status: PodSandboxStatus?
  /// Details beyond the API, in verbose answers. The entry `info` is JSON with the sandbox's process and namespaces.
  public var info: [String: String]

  /// Creates the runtime's answer; without `info` it is not verbose.
  public init(status: PodSandboxStatus?, info: [String: String] = [:]) {
    self.status = status
    self.info = info
  }
}

/// What a runtime reports of a sandbox. Corresponds to `runtime.v1.PodSandboxStatus`.
public struct PodSandboxStatus: WireMessage {
  /// The id that the runtime gave it.
  public var id: String
  /// The pod; nil only in a malformed answer.
  public var metadata: PodSandboxMetadata?
  /// Whether it can run containers.
  public var state: PodSandboxState
  /// When it was created, in nanoseconds since 1970.
  public var createdAt: Int64
  /// The namespaces that the pod shares (`linux.namespaces.options`); nil when the runtime does not report them.
  public var namespaces: NamespaceOption?
  /// The labels of the pod and those of kubelet.
  public var labels: [String: String]
  /// The annotations of the pod and those of kubelet.
  public var annotations: [String: String]
  /// The handler of the pod's RuntimeClass; empty means the default.
  public var runtimeHandler: String

  /// Creates the runtime's report of one sandbox.
  public init(
    id: String, metadata: PodSandboxMetadata?, state: PodSandboxState, createdAt: Int64 = 0,
    namespaces: NamespaceOption? = nil, labels: [String: String] = [:], annotations: [String: String] = [:],
    runtimeHandler: String = ""
  ) {
    self.id = id
    self.metadata = metadata
    self.state = state
    self.createdAt = createdAt
    self.namespaces = namespaces
    self.labels = labels
    self.annotations = annotations
    self.runtimeHandler = runtimeHandler
  }
}
