import DevicePluginFrontEnd
import GRPC
import Glibc
import KubeletAPI
import Logging

/// Decides what to do when kubelet's plugin watcher does not come to our sockets.
///
/// The watcher uses another directory, or none. A hostPath mount creates `plugins_registry` on hosts whose kubelet has
/// its root directory elsewhere. If kubelet serves the registration socket that we see, a Register call reaches it.
struct WatcherAbsence {
  private var isTold = false
  private var isMissingSocketTold = false

  /// Whether the endpoints should register on kubelet's own socket instead. It logs that, or what else to do.
  mutating func callsForDirectRegistration(_ options: Options, _ log: Logger) -> Bool {
    let socket = options.kubelet.registrationSocket
    guard ServedSocket.isThere(socket) else {
      warnOfMissingSocket(socket, log)
      return false
    }
    let directory = RegistrationMode.watcher.socketDirectory(in: options.kubelet)
    let isOurChoice = options.registration == .auto
    if isOurChoice {
      log.warning(
        "kubelet's plugin watcher does not come; registering on kubelet's own socket instead",
        metadata: [
          "directory": "\(directory)", "socket": "\(socket)",
          "advice": "-kubelet-dir if kubelet runs with another --root-dir; -registration direct saves the wait",
        ])
    } else if !isTold {
      log.warning(
        "kubelet's plugin watcher does not come",
        metadata: [
          "directory": "\(directory)",
          "advice": "-registration direct, or -kubelet-dir if kubelet runs with another --root-dir",
        ])
    }
    isTold = true
    return isOurChoice
  }

  /// A socket file without a server is that of a kubelet that restarts, which needs no warning.
  private mutating func warnOfMissingSocket(_ socket: String, _ log: Logger) {
    guard !isMissingSocketTold, access(socket, F_OK) != 0 else { return }
    isMissingSocketTold = true
    log.warning(
      "kubelet does not come, and its socket is missing",
      metadata: [
        "socket": "\(socket)",
        "advice": "-kubelet-dir if kubelet runs with another --root-dir; in a pod, mount kubelet's directory",
      ])
  }
}
