import HostInventory

extension Attachment {
  /// `vfio`: the nodes of a function bound to vfio-pci: the container node and the group's, the device's own, or both.
  ///
  /// A function without an IOMMU group gets only the container node. Groups that vfio created itself have another node
  /// name on the host (`noiommu-N`); in the container it is plain N. With `cdev` there is no fallback to the group,
  /// because a guest that expects `/dev/vfio/devices` can't use it.
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
  /// Which device nodes of functions bound to vfio-pci a container gets.
  public struct VFIOOptions: Sendable, Equatable {
    /// The kind of device nodes.
    public enum Nodes: String, Sendable, CaseIterable {
      /// The IOMMU group's node `/dev/vfio/N`, and `/dev/vfio/vfio`.
      case group
      /// The device's own node `/dev/vfio/devices/vfioN` (Linux 6.6).
      case cdev
      /// The nodes of `group` and `cdev`; the device's own only if it exists.
      case both
    }
    /// The kind of nodes (`vfio`).
    public var nodes = Nodes.group
    /// Whether the container gets `/dev/iommu` too.
    public var iommufd = false
    init() {}
  }

  /// The keys `vfio` and `iommufd`.
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
