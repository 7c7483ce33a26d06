import KubeletAPI
import Linux

/// What the directory of device plugins tells of kubelet.
extension KubeletDirectory {
  /// kubelet has started.
  var socketAppeared: DirectoryWatcher.Event { .appeared(directory: devicePlugins, name: "kubelet.sock") }

  /// kubelet has written its checkpoint anew, as it does with each allocation.
  var checkpointAppeared: DirectoryWatcher.Event {
    .appeared(directory: devicePlugins, name: "kubelet_internal_checkpoint")
  }
}
