import HostInventory

extension Attachment {
  /// `rdma`: the character devices of the function's RDMA devices, where the selector asks for RDMA.
  ///
  /// INFO names the first RDMA device and, of each kind of node, the last path, as consumers know it; `ucm` has no key.
  static let rdma = Attachment(
    name: "rdma", nodes: { $1.isRDMA ? [.rdmaCM] : [] }, recheck: recheck
  ) { context in
    guard context.selector.isRDMA, context.device.isRDMA else { return nil }
    var contribution = Contribution(nodes: rdmaNodes(of: context.device, on: context.nodes, permissions: "rw"))
    contribution.info["rdma_dev"] = context.device.rdma.first?.name
    for node in contribution.nodes {
      if let kind = kinds.first(where: { node.containerPath.hasPrefix("/dev/infiniband/\($0)") }) {
        contribution.info[kind] = node.containerPath
      }
    }
    return contribution
  }

  /// `rdma` of shared pools: the same nodes, with the permission to create them, and no environment variables.
  static let sharedRDMA = Attachment(name: "rdma", nodes: { _, _ in [.rdmaCM] }, recheck: recheck) { context in
    Contribution(nodes: rdmaNodes(of: context.device, on: context.nodes, permissions: "rwm"))
  }

  /// RDMA devices and their nodes depend on other drivers than the function's.
  private static let recheck: @Sendable (Device) -> Recheck = { $0.rdma.isEmpty ? .binding : .everything }

  private static let kinds = ["uverbs", "umad", "issm", "rdma_cm"]

  /// The nodes of each RDMA device, then the connection manager's node, which the whole host shares.
  private static func rdmaNodes(of device: Device, on nodes: HostNodes, permissions: String) -> [DeviceNode] {
    var result: [DeviceNode] = []
    for rdma in device.rdma {
      result += rdma.characterDevices.map { DeviceNode("/dev/infiniband/\($0)", permissions: permissions) }
      if nodes.has(.rdmaCM), !result.contains(where: { $0.hostPath == HostNodes.Node.rdmaCM.rawValue }) {
        result.append(DeviceNode(HostNodes.Node.rdmaCM.rawValue, permissions: permissions))
      }
    }
    return result
  }
}
