/// Every fact of a device that a selector or an attachment may ask for, while it is put together.
///
/// One struct for all kinds of devices: what a device lacks is nil or empty.
public struct DeviceFacts: Sendable, Equatable {
  /// The id that kubelet receives: the PCI address, or the auxiliary or UB device's name.
  public let id: String
  public let bus: Device.Bus

  /// `vendor`, `device` and `class` of the PCI function (the parent's, for an auxiliary device).
  public var vendor: UInt16
  public var product: UInt16
  public var classCode: UInt32

  /// The basename of the `driver` link; nil when no driver is bound.
  public var driver: String?
  /// `numa_node`; nil for -1, a missing or an unreadable file.
  public var numaNode: Int?
  /// `acpi_index`, trimmed; nil when the file is not there.
  public var acpiIndex: String?
  /// The function this one was made from; nil for a function that is not virtual.
  public var physicalFunction: PhysicalFunction?
  /// `sriov_totalvfs` and `sriov_numvfs`; nil when the function can't have VFs.
  public var virtualFunctions: VirtualFunctions?
  public var iommuGroup: IOMMUGroup?
  /// Netdevs below the function, by name.
  public var interfaces: [NetInterface]
  /// The kernel driver made a netdev, and it is not in this network namespace: `net` is there and empty.
  public var hidesInterfaces = false
  public var rdma: [RDMADevice]
  public var vdpa: [VDPADevice]
  /// Entries of the `uio` directory, by name; nil when there is no such directory.
  public var uio: [String]?
  /// `vfioN` of `vfio-dev`: the name of the node below `/dev/vfio/devices`; nil for kernels before 6.6 and without
  /// CONFIG_VFIO_DEVICE_CDEV.
  public var vfioDevice: String?
  /// `cxiN` of `cxi_user`: the name of a Slingshot function's node below `/dev`.
  public var cxi: String?
  /// PCI bridges above the device, the root port first.
  public var bridges: [PCIAddress]
  /// The host bridge that the device hangs below, such as `pci0000:3a`; nil for a device outside of PCI.
  public var pcieRoot: String?
  /// DDP profile of the NIC's firmware; nil when unknown or not asked for.
  public var ddpProfile: String?
  /// The devlink parameter `enable_rdma`; nil when devlink does not know it.
  public var devlinkEnableRDMA: Bool?
  /// Node and group of a Rebellions NPU; nil for other devices.
  public var rebellions: RebellionsNPU?
  /// Why the driver cannot serve an NPU now; nil when it can, or does not report it.
  public var npuFault: String?
  public var unifiedBus: UBDevice?
  /// Why this device can't be offered although it is there, such as "link ens1f0v5 is not in this network namespace".
  public var defect: String?
  /// The file that does not answer, and then the other facts are old; nil when all files answer.
  public var silence: String?
  /// The part of `defect` that the device's own files show; the rest depends on links, which come and go by themselves.
  var brokenFact: String?

  public init(id: String, bus: Device.Bus, vendor: UInt16 = 0, product: UInt16 = 0, classCode: UInt32 = 0) {
    self.id = id
    self.bus = bus
    self.vendor = vendor
    self.product = product
    self.classCode = classCode
    self.interfaces = []
    self.rdma = []
    self.vdpa = []
    self.bridges = []
  }

  /// The PCI function itself, or the one that an auxiliary device belongs to.
  // Inlined into a filter of devices, it crashes the optimiser of Swift 6.3.1.
  @inline(never) public var pciAddress: PCIAddress? {
    switch bus {
    case .pci(let address): address
    case .auxiliary(let device): device.parent
    case .unifiedBus: nil
    }
  }

  /// `ether`, `infiniband` …: of its own netdev, else of its PF's; empty when neither has one.
  public var linkType: String {
    interfaces.first?.linkType ?? physicalFunction?.linkType ?? ""
  }
}
