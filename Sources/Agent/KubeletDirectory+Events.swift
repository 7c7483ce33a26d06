import KubeletAPI
import Linux

/// Events of the device-plugin directory that are about kubelet.
extension KubeletDirectory {
  /// kubelet has started.
  var socketAppeared: DirectoryWatcher.Event { .appeared(directory: devicePlugins, name: Self.registrationSocketName) }

  /// kubelet has written its checkpoint anew, as it does with each allocation.
  var checkpointAppeared: DirectoryWatcher.Event {
    .appeared(directory: devicePlugins, name: Self.checkpointName)
  }
}
