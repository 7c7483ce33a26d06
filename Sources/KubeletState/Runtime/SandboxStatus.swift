/// What a container runtime says about one sandbox: enough to find its network namespace.
public struct SandboxStatus: Sendable, Equatable {
  /// The network as the runtime's API reports it.
  public enum NetworkMode: Sendable, Equatable {
    /// The runtime left it out.
    case untold
    case pod
    case node
  }

  public var id: String
  public var isReady: Bool
  public var mode: NetworkMode
  public var info: SandboxInfo

  public init(id: String, isReady: Bool, mode: NetworkMode, info: SandboxInfo) {
    self.id = id
    self.isReady = isReady
    self.mode = mode
    self.info = info
  }

  /// The pod shares the host's network, by what the runtime says.
  public var usesHostNetwork: Bool { mode == .node || (mode == .untold && info.network == .host) }
}
