/// What a container runtime reports about one sandbox, as far as it helps to find the network namespace.
public struct SandboxStatus: Sendable, Equatable {
  /// The network namespace as the runtime's API reports it (`NamespaceOption.network`).
  public enum NetworkMode: Sendable, Equatable {
    /// The runtime does not report it.
    case untold
    /// The pod has its own.
    case pod
    /// The pod uses the host's.
    case node
  }

  /// The sandbox's id in the runtime.
  public var id: String
  /// Whether its processes run (SANDBOX_READY).
  public var isReady: Bool
  /// The network namespace by the API.
  public var mode: NetworkMode
  /// What the runtime reports beyond the API.
  public var info: SandboxInfo

  /// Creates a status from its parts.
  public init(id: String, isReady: Bool, mode: NetworkMode, info: SandboxInfo) {
    self.id = id
    self.isReady = isReady
    self.mode = mode
    self.info = info
  }

  /// Whether the pod uses the host's network, by the API or, where that does not say, by the runtime spec.
  public var usesHostNetwork: Bool { mode == .node || (mode == .untold && info.network == .host) }
}
