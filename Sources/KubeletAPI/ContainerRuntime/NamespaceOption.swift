/// Whose namespaces a pod uses. Corresponds to `runtime.v1.NamespaceOption`.
public struct NamespaceOption: WireMessage {
  public var network: NamespaceMode
  public var pid: NamespaceMode
  public var ipc: NamespaceMode
  /// The container whose process namespace is used, with mode `target`.
  public var targetID: String

  public init(
    network: NamespaceMode = .pod, pid: NamespaceMode = .pod, ipc: NamespaceMode = .pod, targetID: String = ""
  ) {
    self.network = network
    self.pid = pid
    self.ipc = ipc
    self.targetID = targetID
  }
}

/// Corresponds to `runtime.v1.NamespaceMode`; a number that is not known here is kept as it is.
public struct NamespaceMode: RawRepresentable, Sendable, Equatable {
  public static let pod = NamespaceMode(rawValue: 0)
  public static let container = NamespaceMode(rawValue: 1)
  /// The host's.
  public static let node = NamespaceMode(rawValue: 2)
  public static let target = NamespaceMode(rawValue: 3)

  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
