/// Flags and the node's name, which change what a configuration file means.
public struct ConfigDefaults: Sendable {
  /// Which pools with `nodeNames` apply.
  public enum Node: Sendable, Equatable {
    case named(String)
    /// The node's name is unknown: a pool with `nodeNames` is an error.
    case unnamed
    /// The file is checked for all nodes: every pool applies.
    case any
  }

  /// `-resource-prefix`.
  public var resourcePrefix: String
  /// `-strict-config`: a key without effect is an error.
  public var strictUnknownKeys: Bool
  public var node: Node
  /// Directories for sockets, whose paths must fit into a socket address.
  public var socketDirectories: [String]

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
