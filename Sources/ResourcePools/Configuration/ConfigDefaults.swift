/// What the meaning of a configuration file depends on besides its text: options and the node.
public struct ConfigDefaults: Sendable {
  /// The node for which pools with `nodeNames` are selected.
  public enum Node: Sendable, Equatable {
    /// The node of this name.
    case named(String)
    /// The node's name is unknown: a pool with `nodeNames` is an error.
    case unnamed
    /// Every node: all pools apply, as when a file is validated.
    case any
  }

  /// The option `-resource-prefix`.
  public var resourcePrefix: String
  /// The option `-strict-config`: a key without effect is an error.
  public var strictUnknownKeys: Bool
  /// The node for which pools are selected.
  public var node: Node
  /// Directories in which sockets are created; the paths must fit into a socket address.
  public var socketDirectories: [String]

  /// Creates the defaults.
  public init(
    resourcePrefix: String, strictUnknownKeys: Bool, node: Node,
    socketDirectories: [String] = ["/var/lib/kubelet/plugins_registry", "/var/lib/kubelet/device-plugins"]
  ) {
    self.resourcePrefix = resourcePrefix
    self.strictUnknownKeys = strictUnknownKeys
    self.node = node
    self.socketDirectories = socketDirectories
  }
}
