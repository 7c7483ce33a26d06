import HostInventory

extension Attachment {
  /// `vfio`: the container node and the group's node, for functions bound to vfio-pci.
  ///
  /// A function without IOMMU group gets the container node alone. Groups that vfio made itself have their node under
  /// another name on the host (`noiommu-N`); in the container it is plain N.
  static let vfio = Attachment(name: "vfio") { context in
    guard context.device.driver == "vfio-pci" else { return nil }
    var contribution = Contribution(info: ["mount": "/dev/vfio/vfio"], nodes: [DeviceNode("/dev/vfio/vfio")])
    if let group = context.device.iommuGroup {
      let path = "/dev/vfio/\(group.number)"
      let hostPath = group.isNoIOMMU ? "/dev/vfio/noiommu-\(group.number)" : path
      contribution.info["dev-mount"] = path
      contribution.nodes.append(DeviceNode(hostPath, inContainer: path))
    }
    return contribution
  }
}
