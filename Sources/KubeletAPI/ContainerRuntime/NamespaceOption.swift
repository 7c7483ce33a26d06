/// Which namespaces a pod shares with others. Corresponds to `runtime.v1.NamespaceOption`.
public struct NamespaceOption: WireMessage {
  /// The network namespace: `pod`, or `node` with `hostNetwork`.
  public var network: NamespaceMode
  /// The process namespace.
  public var pid: NamespaceMode
  /// The IPC namespace.
  public var ipc: NamespaceMode
  /// The container whose process namespace is shared, with mode `target`; otherwise empty.
  public var targetID: String

  /// Creates the options; a namespace that is left out is the pod's own.
  public init(
    network: NamespaceMode = .pod, pid: NamespaceMode = .pod, ipc: NamespaceMode = .pod, targetID: String = ""
  ) {
    self.network = network
    self.pid = pid
    self.ipc = ipc
    self.targetID = targetID
  }
}

/// Who shares a namespace. An unknown number is kept as it is. Corresponds to `runtime.v1.NamespaceMode`.
public struct NamespaceMode: RawRepresentable, Sendable, Equatable {
  /// The containers of the pod share it.
  public static let pod = NamespaceMode(rawValue: 0)
  /// Each container has its own.
  public static let container = NamespaceMode(rawValue: 1)
  /// The host's namespace is used.
  public static let node = NamespaceMode(rawValue: 2)
  /// The namespace of the container `targetID` is used.
  public static let target = NamespaceMode(rawValue: 3)

  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
