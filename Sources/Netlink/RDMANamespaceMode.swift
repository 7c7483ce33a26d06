import CNetlink
import Glibc
import Linux

/// How RDMA devices and network namespaces belong together on this host (`rdma system`).
public enum RDMANamespaceMode: String, Sendable {
  /// A device is seen in every namespace.
  case shared
  /// A device is in one namespace only.
  case exclusive

  /// Nil when this kernel has no RDMA netlink or its module is not loaded.
  public static func read(limit: Duration) throws(NetlinkError) -> RDMANamespaceMode? {
    let socket: KernelSocket
    do throws(NetlinkError) {
      socket = try KernelSocket(.rdma)
    } catch {
      if case .failed(_, Errno(EPROTONOSUPPORT)) = error { return nil }
      throw error
    }
    return try read(on: socket, limit: limit)
  }

  /// Corresponds to RDMA_NLDEV_CMD_SYS_GET; nil when the kernel is older than the mode (5.2) and answers without it.
  public static func read(on socket: any NetlinkSocket, limit: Duration) throws(NetlinkError) -> RDMANamespaceMode? {
    let name = "RDMA_NLDEV_CMD_SYS_GET"
    let type = Int(RDMA_NL_NLDEV) << 10 | Int(RDMA_NLDEV_CMD_SYS_GET.rawValue)
    let answers: [NetlinkMessage]
    do throws(NetlinkError) {
      answers = try socket.exchange(MessageBuilder(name, .question, type: type).request(), within: limit)
    } catch {
      if error.answer == EOPNOTSUPP || error.answer == EINVAL { return nil }
      throw error
    }
    for answer in answers {
      let attributes = try answer.attributes(after: 0, of: name)
      if let mode = try attributes.integer(UInt8.self, Int(RDMA_NLDEV_SYS_ATTR_NETNS_MODE.rawValue)) {
        return mode == 0 ? .exclusive : .shared
      }
    }
    return nil
  }
}
