/// A pod's sandbox in a list. Corresponds to `runtime.v1.PodSandbox`.
public struct PodSandbox: WireMessage {
  /// The id that the runtime gave it, e.g. 64 hexadecimal digits.
  public var id: String
  /// The pod; nil only in a malformed answer.
  public var metadata: PodSandboxMetadata?
  /// Whether it can run containers.
  public var state: PodSandboxState
  /// When it was created, in nanoseconds since 1970.
  public var createdAt: Int64
  /// The labels of the pod and those of kubelet, e.g. `io.kubernetes.pod.uid`.
  public var labels: [String: String]
  /// The annotations of the pod and those of kubelet.
  public var annotations: [String: String]
  /// The handler of the pod's RuntimeClass; empty means the default.
  public var runtimeHandler: String

  /// Creates an entry of the runtime's list.
  public init(
    id: String, metadata: PodSandboxMetadata?, state: PodSandboxState, createdAt: Int64 = 0,
    labels: [String: String] = [:], annotations: [String: String] = [:], runtimeHandler: String = ""
  ) {
    self.id = id
    self.metadata = metadata
    self.state = state
    self.createdAt = createdAt
    self.labels = labels
    self.annotations = annotations
    self.runtimeHandler = runtimeHandler
  }
}

/// The pod that a sandbox belongs to. Corresponds to `runtime.v1.PodSandboxMetadata`.
public struct PodSandboxMetadata: WireMessage {
  /// The pod's name.
  public var name: String
  /// The pod's UID, e.g. `6c1f0a4e-…`.
  public var uid: String
  /// The pod's Kubernetes namespace.
  public var namespace: String
  /// How many sandboxes the pod had before this one.
  public var attempt: UInt32

  /// Names a pod; kubelet counts the first sandbox as attempt 0.
  public init(name: String, uid: String, namespace: String, attempt: UInt32 = 0) {
    self.name = name
    self.uid = uid
    self.namespace = namespace
    self.attempt = attempt
  }
}

/// Whether a sandbox can run containers. An unknown number is kept as it is. Corresponds to
/// `runtime.v1.PodSandboxState`.
public struct PodSandboxState: RawRepresentable, Sendable, Equatable {
  /// SANDBOX_READY: its processes run.
  public static let ready = PodSandboxState(rawValue: 0)
  /// SANDBOX_NOTREADY: it has ended, or not started yet.
  public static let notReady = PodSandboxState(rawValue: 1)

  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
