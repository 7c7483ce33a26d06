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
    if context.pool.vfio.nodes != .cdev { contribution.addGroup(of: context.device) }
    if context.pool.vfio.nodes != .group { try contribution.addOwnNode(of: context.device, context.pool.vfio) }
    if context.pool.vfio.iommufd {
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

extension PoolOptions {
  static let vfio = PoolOption.choice(
    "vfio", standard: PoolConfig.VFIOOptions.Nodes.group,
    meaning: "Nodes of functions bound to vfio-pci: /dev/vfio/N, /dev/vfio/devices/vfioN (Linux 6.6), or both.")

  static let iommufd = PoolOption.flag(
    "iommufd", meaning: "Containers with functions bound to vfio-pci get /dev/iommu too.")
}

extension PoolConfig {
  /// Which nodes containers get of functions bound to vfio-pci.
  public struct VFIOOptions: Sendable, Equatable {
    public enum Nodes: String, Sendable, CaseIterable {
      /// `/dev/vfio/vfio` and `/dev/vfio/N`.
      case group
      /// `/dev/vfio/devices/vfioN`.
      case cdev
      case both
    }
    public var nodes = Nodes.group
    /// `/dev/iommu` as well.
    public var iommufd = false
    public init() {}
  }

  public var vfio: VFIOOptions {
    get {
      var options = VFIOOptions()
      options.nodes = self[PoolOptions.vfio] ?? options.nodes
      options.iommufd = self[PoolOptions.iommufd] ?? options.iommufd
      return options
    }
    set {
      self[PoolOptions.vfio] = newValue.nodes
      self[PoolOptions.iommufd] = newValue.iommufd
    }
  }
}
