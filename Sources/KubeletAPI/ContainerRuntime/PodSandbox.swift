/// A pod's sandbox, in a list. Corresponds to `runtime.v1.PodSandbox`.
public struct PodSandbox: WireMessage {
  public var id: String
  public var metadata: PodSandboxMetadata?
  public var state: PodSandboxState
  /// Nanoseconds since 1970.
  public var createdAt: Int64
  public var labels: [String: String]
  public var annotations: [String: String]
  public var runtimeHandler: String

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

/// Which pod a sandbox belongs to. Corresponds to `runtime.v1.PodSandboxMetadata`.
public struct PodSandboxMetadata: WireMessage {
  public var name: String
  public var uid: String
  public var namespace: String
  /// Counts the sandboxes that the pod has had.
  public var attempt: UInt32

  public init(name: String, uid: String, namespace: String, attempt: UInt32 = 0) {
    self.name = name
    self.uid = uid
    self.namespace = namespace
    self.attempt = attempt
  }
}

/// Corresponds to `runtime.v1.PodSandboxState`; a number that is not known here is kept as it is.
public struct PodSandboxState: RawRepresentable, Sendable, Equatable {
  public static let ready = PodSandboxState(rawValue: 0)
  public static let notReady = PodSandboxState(rawValue: 1)

  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
