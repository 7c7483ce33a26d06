/// Every fact that a selector or an attachment may ask of a device, while the facts are collected.
///
/// One struct serves all kinds of devices: a fact that a device lacks is nil or empty.
public struct DeviceFacts: Sendable, Equatable {
  /// The id that kubelet receives: the PCI address, or the auxiliary or UB device's name.
  public let id: String
  /// The bus that the device is on.
  public let bus: Device.Bus

  /// The file `vendor` of the PCI function, or of an auxiliary device's parent; 0 for a UB device.
  public var vendor: UInt16
  /// The file `device` of that function.
  public var product: UInt16
  /// The file `class` of that function: base class, subclass and interface.
  public var classCode: UInt32

  /// The last component of the link `driver`; nil when no driver is bound.
  public var driver: String?
  /// The file `numa_node`; nil when it is -1, missing or unreadable.
  public var numaNode: Int?
  /// The file `acpi_index` without blanks around it; nil when it does not exist.
  public var acpiIndex: String?
  /// The PF that this function was made from (`physfn`); nil for other functions.
  public var physicalFunction: PhysicalFunction?
  /// `sriov_totalvfs` and `sriov_numvfs`; nil when the function can't have VFs.
  public var virtualFunctions: VirtualFunctions?
  /// The link `iommu_group`; nil when the function is in no group.
  public var iommuGroup: IOMMUGroup?
  /// The netdevs below the device, by name.
  public var interfaces: [NetInterface]
  /// Whether the directory `net` exists and is empty: the driver made a netdev, but it is not in this network
  /// namespace.
  public var hidesInterfaces = false
  /// The RDMA devices below the device (`infiniband/*`), by name.
  public var rdma: [RDMADevice]
  /// The vDPA devices of which this function is the management device.
  public var vdpa: [VDPADevice]
  /// The entries of the directory `uio`, by name; nil when it does not exist.
  public var uio: [String]?
  /// The entry `vfioN` of `vfio-dev`, which is the node's name below `/dev/vfio/devices`. Nil for kernels before 6.6
  /// and without CONFIG_VFIO_DEVICE_CDEV.
  public var vfioDevice: String?
  /// The entry `cxiN` of `cxi_user`, which is the name of a Slingshot function's node below `/dev`.
  public var cxi: String?
  /// PCI bridges above the device, the root port first.
  public var bridges: [PCIAddress]
  /// The host bridge above the device, e.g. `pci0000:3a`; nil for a device outside of PCI.
  public var pcieRoot: String?
  /// The DDP profile of the NIC's firmware; nil when it is unknown or not asked for.
  public var ddpProfile: String?
  /// The devlink parameter `enable_rdma`; nil when devlink does not report it.
  public var devlinkEnableRDMA: Bool?
  /// Node and group of a Rebellions NPU; nil for other devices.
  public var rebellions: RebellionsNPU?
  /// Why the driver can't serve an NPU now; nil when it can, or does not report its status.
  public var npuFault: String?
  /// The facts of a UB device; nil for other devices.
  public var unifiedBus: UBDevice?
  /// Why this existing device can't be offered, e.g. "link ens1f0v5 is not in this network namespace".
  public var defect: String?
  /// The path of a file that does not answer, with the reason; the other facts are then from before. Otherwise nil.
  public var silence: String?
  /// The part of `defect` that the device's own files show. The rest depends on links, which change without the device.
  var brokenFact: String?

  /// Creates the facts of a device that has nothing but its ids.
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

  // Inlined into a filter of devices, this crashes the optimiser of Swift 6.3.1.
  /// The address of the PCI function, or of an auxiliary device's parent; nil for a UB device.
  @inline(never) public var pciAddress: PCIAddress? {
    switch bus {
    case .pci(let address): address
    case .auxiliary(let device): device.parent
    default: nil
    }
  }

  /// The link type of the device's own netdev, else of its PF's, e.g. `ether`; empty when neither has one.
  public var linkType: String {
    interfaces.first?.linkType ?? physicalFunction?.linkType ?? ""
  }
}
