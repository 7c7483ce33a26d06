import Glibc
import HostInventory
import Linux

extension HostRoot {
  /// Lets everybody read and write a node of the host: a container's node gets the permissions of the host's.
  ///
  /// - Returns: Nil when that is the case now, or when there is no such node; else the reason.
  func open(_ node: HostNodes.Node) -> String? {
    let path = resolve(node.rawValue)
    let everybody = mode_t(0o666)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & everybody != everybody else { return nil }
    guard chmod(path, status.st_mode & 0o7777 | everybody) != 0 else { return nil }
    return "\(node.rawValue) stays for root alone: chmod: \(Errno(errno))"
  }
}
