/// Where a network namespace can be found.
public enum NamespaceSource: Sendable, Hashable, CustomStringConvertible {
  /// The namespace of a process, in the host's numbering: `/proc/<pid>/ns/net`.
  case process(Int32)
  /// A file that a runtime keeps it by: `/var/run/netns/…`, as the host spells it.
  case file(String)

  public var description: String {
    switch self {
    case .process(let pid): "process \(pid)"
    case .file(let path): path
    }
  }
}

/// Identifies a namespace while it is held open: the device and inode numbers of its file.
public struct NamespaceIdentity: Sendable, Hashable {
  public var device: UInt64
  public var inode: UInt64

  public init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// How namespaces are opened and identified; the daemon connects this to the kernel.
public struct NamespaceAccess<Namespace: Sendable>: Sendable {
  /// Opens a namespace and holds it; throws `namespace` when there is none or the file is not a network namespace.
  public var open: @Sendable (NamespaceSource) throws(UnifiedBusError) -> Namespace
  public var identity: @Sendable (Namespace) -> NamespaceIdentity
  /// The host's own, of its process 1; nil when that cannot be seen.
  public var host: @Sendable () -> NamespaceIdentity?
  /// Processes in the control group named for a sandbox, for runtimes that tell neither pid nor path.
  public var processes: @Sendable (_ sandbox: String) -> [Int32]

  public init(
    open: @escaping @Sendable (NamespaceSource) throws(UnifiedBusError) -> Namespace,
    identity: @escaping @Sendable (Namespace) -> NamespaceIdentity,
    host: @escaping @Sendable () -> NamespaceIdentity?,
    processes: @escaping @Sendable (_ sandbox: String) -> [Int32]
  ) {
    self.open = open
    self.identity = identity
    self.host = host
    self.processes = processes
  }
}
