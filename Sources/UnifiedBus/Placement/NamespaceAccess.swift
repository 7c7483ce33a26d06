/// Where a network namespace can be opened.
enum NamespaceSource: Sendable, Hashable, CustomStringConvertible {
  /// The namespace of a process, by the host's process number: `/proc/<pid>/ns/net`.
  case process(Int32)
  /// A file by which the runtime keeps the namespace, e.g. `/var/run/netns/…`; a path of the host.
  case file(String)

  var description: String {
    switch self {
    case .process(let pid): "process \(pid)"
    case .file(let path): path
    }
  }
}

/// Identifies a namespace while it is open: device and inode of its file.
struct NamespaceIdentity: Sendable, Hashable {
  var device: UInt64
  var inode: UInt64

  init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// How namespaces are opened and identified: by the kernel in the daemon, by stand-ins in tests.
struct NamespaceAccess<Namespace: Sendable>: Sendable {
  /// Opens a namespace and keeps it open.
  ///
  /// - Throws: `namespace` when there is none, or the file is not a network namespace.
  var open: @Sendable (NamespaceSource) throws(UnifiedBusError) -> Namespace
  var identity: @Sendable (Namespace) -> NamespaceIdentity
  /// The identity of the host's network namespace, that of process 1; nil when it is not visible.
  var host: @Sendable () -> NamespaceIdentity?
  /// Lists the processes in a sandbox's control group, for runtimes that report neither process nor path.
  var processes: @Sendable (_ sandbox: String) -> [Int32]

  init(
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
