import Glibc
public import KubeletAPI

/// How kubelet learns of an endpoint.
public enum RegistrationMode: String, Sendable {
  /// The plugin calls Register on `<kubelet>/device-plugins/kubelet.sock`.
  case direct
  /// kubelet finds the socket in `<kubelet>/plugins_registry` and asks.
  case watcher

  /// The values of the flag `-registration`.
  public enum Choice: String, Sendable, CaseIterable {
    /// By what kubelet has: see `init(_:in:)`.
    case auto
    /// The plugin registers itself.
    case direct
    /// kubelet finds the plugin.
    case watcher
  }

  /// `auto`: the watcher where kubelet has made its directory, as the SR-IOV network device plugin decides.
  public init(_ choice: Choice, in kubelet: KubeletDirectory) {
    switch choice {
    case .direct: self = .direct
    case .watcher: self = .watcher
    case .auto: self = access(kubelet.pluginsRegistry, F_OK) == 0 ? .watcher : .direct
    }
  }

  /// Where the pools' sockets are made.
  public func socketDirectory(in kubelet: KubeletDirectory) -> String {
    switch self {
    case .direct: kubelet.devicePlugins
    case .watcher: kubelet.pluginsRegistry
    }
  }
}
