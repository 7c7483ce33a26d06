import HostInventory
import Netlink

/// A pod's network namespace, held open from the moment it was checked until its devices are in it.
final class HeldNamespace: Sendable {
  let namespace: NetworkNamespace

  init(path: String) throws(UnifiedBusError) {
    do throws(NetlinkError) {
      namespace = try NetworkNamespace(path: path)
    } catch {
      throw .namespace(path: path, reason: "\(error)")
    }
  }

  var identity: NamespaceIdentity {
    NamespaceIdentity(device: namespace.identity.device, inode: namespace.identity.inode)
  }
}

extension NamespaceAccess<HeldNamespace> {
  /// Looks at the namespaces of the host below `root`.
  init(root: HostRoot) {
    let processes = HostProcesses(root: root)
    self.init(
      open: { source throws(UnifiedBusError) in
        switch source {
        case .process(let process): try HeldNamespace(path: processes.networkNamespace(of: process))
        case .file(let path): try HeldNamespace(path: root.resolve(path))
        }
      },
      identity: { $0.identity },
      host: { try? HeldNamespace(path: processes.networkNamespace(of: 1)).identity },
      processes: { processes.inControlGroup(of: $0) })
  }
}
