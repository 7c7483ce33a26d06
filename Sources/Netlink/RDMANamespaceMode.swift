import CNetlink
import Glibc
import Linux

/// Whether RDMA devices belong to one network namespace each on this host, as `rdma system` shows it.
public enum RDMANamespaceMode: String, Sendable {
  /// Every namespace sees every device.
  case shared
  /// A device is visible in one namespace only.
  case exclusive

  /// Asks the kernel for the mode.
  ///
  /// - Returns: nil when this kernel has no RDMA netlink, its module is not loaded, or it does not know the mode
  ///   (before 5.2).
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

  /// Sends RDMA_NLDEV_CMD_SYS_GET on a socket; nil when the kernel answers without the mode (before 5.2).
  static func read(on socket: any NetlinkSocket, limit: Duration) throws(NetlinkError) -> RDMANamespaceMode? {
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
