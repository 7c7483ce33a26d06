import HostInventory

extension Attachment {
  /// `vfio`: the nodes of a function bound to vfio-pci: the container node and the group's, the device's own, or both.
  ///
  /// A function without IOMMU group gets the container node alone. Groups that vfio made itself have their node under
  /// another name on the host (`noiommu-N`); in the container it is plain N. A pool that asks for the device's own node
  /// gets no other instead: a guest that expects `/dev/vfio/devices` cannot use the group.
  static let vfio = Attachment(name: "vfio", nodes: { device, _ in device.isBoundToVFIO ? [.iommu] : [] }) {
    context throws(AllocationError) in
    guard context.device.driver == VFIODriver.generic else { return nil }
    var contribution = Contribution()
    if context.vfio.nodes != .cdev { contribution.addGroup(of: context.device) }
    if context.vfio.nodes != .group { try contribution.addOwnNode(of: context.device, context.vfio) }
    if context.vfio.iommufd {
      guard context.nodes.has(.iommu) else {
        throw .missing(device: context.device.id, what: "the host has no /dev/iommu (CONFIG_IOMMUFD)")
      }
      let path = HostNodes.Node.iommu.rawValue
      contribution.info["iommu-mount"] = path
      contribution.nodes.append(DeviceNode(path))
    }
    return contribution
  }
}

extension Contribution {
  fileprivate mutating func addGroup(of device: Device) {
    info["mount"] = "/dev/vfio/vfio"
    nodes.append(DeviceNode("/dev/vfio/vfio"))
    guard let group = device.iommuGroup else { return }
    let path = "/dev/vfio/\(group.number)"
    let hostPath = group.isNoIOMMU ? "/dev/vfio/noiommu-\(group.number)" : path
    info["dev-mount"] = path
    nodes.append(DeviceNode(hostPath, inContainer: path))
  }

  fileprivate mutating func addOwnNode(
    of device: Device, _ options: PoolConfig.VFIOOptions
  ) throws(AllocationError) {
    guard let name = device.vfioDevice else {
      if options.nodes == .both { return }
      throw .missing(
        device: device.id, what: "it has no node below /dev/vfio/devices (Linux 6.6 and CONFIG_VFIO_DEVICE_CDEV)")
    }
    let path = "/dev/vfio/devices/\(name)"
    info["cdev-mount"] = path
    nodes.append(DeviceNode(path))
  }
}
