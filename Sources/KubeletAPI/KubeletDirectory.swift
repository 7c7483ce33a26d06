/// Where kubelet keeps what its plugins meet, below its directory (`/var/lib/kubelet`).
public struct KubeletDirectory: Sendable, Equatable {
  public let path: String

  public init(_ path: String) {
    self.path = path
  }

  /// Where direct plugins put their sockets; kubelet deletes every socket in it when it starts.
  public var devicePlugins: String { path + "/device-plugins" }
  /// kubelet's own socket for direct registration.
  public var registrationSocket: String { devicePlugins + "/kubelet.sock" }
  /// Which devices were given to which container, with the plugin's answers.
  public var checkpoint: String { devicePlugins + "/kubelet_internal_checkpoint" }
  /// The directory that kubelet's plugin watcher watches; absent on old nodes.
  public var pluginsRegistry: String { path + "/plugins_registry" }
  public var podResources: String { path + "/pod-resources" }
  public var podResourcesSocket: String { podResources + "/kubelet.sock" }
}
