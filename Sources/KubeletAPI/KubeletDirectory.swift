/// The paths below kubelet's root directory that a device plugin uses.
public struct KubeletDirectory: Sendable, Equatable {
  /// kubelet's root directory (`--root-dir`), usually `/var/lib/kubelet`.
  public let path: String

  /// Names the root directory; nothing is read.
  public init(_ path: String) {
    self.path = path
  }

  /// The name of kubelet's socket in `devicePlugins`.
  public static let registrationSocketName = "kubelet.sock"
  /// The name of kubelet's checkpoint in `devicePlugins`.
  public static let checkpointName = "kubelet_internal_checkpoint"

  /// The directory for the sockets of device plugins that register directly; kubelet deletes every socket in it when it
  /// starts.
  public var devicePlugins: String { path + "/device-plugins" }
  /// kubelet's socket for direct registration.
  public var registrationSocket: String { "\(devicePlugins)/\(Self.registrationSocketName)" }
  /// kubelet's record of the devices of each container, with the plugin's Allocate answers.
  public var checkpoint: String { "\(devicePlugins)/\(Self.checkpointName)" }
  /// The directory of kubelet's plugin watcher; absent on old nodes.
  public var pluginsRegistry: String { path + "/plugins_registry" }
  /// Each DRA driver has a directory of its own below this one.
  public var plugins: String { path + "/plugins" }
  /// The directory of the pod resources API's socket.
  public var podResources: String { path + "/pod-resources" }
  /// The socket of the pod resources API (`v1.PodResourcesLister`).
  public var podResourcesSocket: String { podResources + "/kubelet.sock" }
}
