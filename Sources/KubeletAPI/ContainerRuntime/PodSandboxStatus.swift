/// Asks for one sandbox. Corresponds to `runtime.v1.PodSandboxStatusRequest`.
public struct PodSandboxStatusRequest: WireMessage {
  public var id: String
  /// Whether the answer should have `info`.
  public var isVerbose: Bool

  public init(id: String, isVerbose: Bool) {
    self.id = id
    self.isVerbose = isVerbose
  }
}

/// Corresponds to `runtime.v1.PodSandboxStatusResponse`.
public struct PodSandboxStatusResponse: WireMessage {
  public var status: PodSandboxStatus?
  /// What the runtime reports beyond the API; `info` is a JSON text with the sandbox's process and namespaces.
  public var info: [String: String]

  public init(status: PodSandboxStatus?, info: [String: String] = [:]) {
    self.status = status
    self.info = info
  }
}

/// Corresponds to `runtime.v1.PodSandboxStatus`.
public struct PodSandboxStatus: WireMessage {
  public var id: String
  public var metadata: PodSandboxMetadata?
  public var state: PodSandboxState
  /// Nanoseconds since 1970.
  public var createdAt: Int64
  /// Corresponds to `linux.namespaces.options`; nil when the runtime does not report it.
  public var namespaces: NamespaceOption?
  public var labels: [String: String]
  public var annotations: [String: String]
  public var runtimeHandler: String

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
