/// One device of this host that a pool can offer.
///
/// All facts come from one reading of the host, so no two pools see different values. The facts are behind one
/// reference, because a device is copied from the snapshot to pools, units and answers.
public struct Device: Identifiable, Sendable, Equatable {
  @usableFromInline final class Storage: Sendable {
    @usableFromInline let facts: DeviceFacts

    init(_ facts: consuming DeviceFacts) { self.facts = facts }
  }

  @usableFromInline var storage: Storage

  /// Creates a device with these facts.
  public init(_ facts: consuming DeviceFacts) { storage = Storage(consume facts) }

  /// Creates a device without further facts, e.g. for a test.
  public init(id: String, bus: Bus, vendor: UInt16 = 0, product: UInt16 = 0, classCode: UInt32 = 0) {
    self.init(DeviceFacts(id: id, bus: bus, vendor: vendor, product: product, classCode: classCode))
  }

  /// The bus that the device is on.
  public enum Bus: Sendable, Equatable {
    /// A PCI function.
    case pci(PCIAddress)
    /// A device on the auxiliary bus, e.g. a subfunction.
    case auxiliary(AuxiliaryDevice)
    /// A UB device; its facts are in `unifiedBus`.
    case unifiedBus
  }

  /// The words for a kind of device.
  public struct Noun: Hashable, Sendable {
    /// `UB`, as in a column of a table.
    public let short: String
    /// `UB device`.
    public let one: String
    /// `UB devices`.
    public let many: String
  }

  /// All facts. Assigning them makes this another device; copies keep the old facts.
  public var facts: DeviceFacts {
    get { storage.facts }
    set { storage = Storage(newValue) }
  }

  /// The address of the PCI function, or of an auxiliary device's parent; nil for a UB device.
  public var pciAddress: PCIAddress? { storage.facts.pciAddress }
  /// The link type of the device's own netdev, else of its PF's, e.g. `ether`; empty when neither has one.
  public var linkType: String { storage.facts.linkType }

  public static func == (a: Device, b: Device) -> Bool {
    a.storage === b.storage || a.storage.facts == b.storage.facts
  }
}

extension Device.Bus {
  /// The place of such devices in the inventory's order.
  var rank: Int {
    switch self {
    case .pci: 0
    case .auxiliary: 1
    case .unifiedBus: 2
    }
  }

  /// The words for such a device.
  public var noun: Device.Noun {
    switch self {
    case .pci: Device.Noun(short: "PCI", one: "PCI function", many: "PCI functions")
    case .auxiliary: Device.Noun(short: "SF", one: "subfunction", many: "subfunctions")
    case .unifiedBus: Device.Noun(short: "UB", one: "UB device", many: "UB devices")
    }
  }
}

/// Access to single facts; `DeviceFacts` says where each comes from.
extension Device {
  /// The id that kubelet receives: the PCI address, or the auxiliary or UB device's name.
  @inlinable public var id: String { storage.facts.id }
  /// The bus that the device is on.
  @inlinable public var bus: Device.Bus { storage.facts.bus }
  /// The PCI vendor id, e.g. `0x8086`; 0 for a UB device.
  @inlinable public var vendor: UInt16 {
    get { storage.facts.vendor }
    set { facts.vendor = newValue }
  }
  /// The PCI device id; 0 for a UB device.
  @inlinable public var product: UInt16 {
    get { storage.facts.product }
    set { facts.product = newValue }
  }
  /// The PCI class: base class, subclass and interface, e.g. `0x020000` for Ethernet.
  @inlinable public var classCode: UInt32 {
    get { storage.facts.classCode }
    set { facts.classCode = newValue }
  }
  /// The name of the bound driver; nil when none is bound.
  @inlinable public var driver: String? {
    get { storage.facts.driver }
    set { facts.driver = newValue }
  }
  /// The NUMA node; nil when the firmware does not report it.
  @inlinable public var numaNode: Int? {
    get { storage.facts.numaNode }
    set { facts.numaNode = newValue }
  }
  /// The firmware's index (`acpi_index`); nil when there is none.
  @inlinable public var acpiIndex: String? {
    get { storage.facts.acpiIndex }
    set { facts.acpiIndex = newValue }
  }
  /// The PF that this function was made from; nil for other functions.
  @inlinable public var physicalFunction: PhysicalFunction? {
    get { storage.facts.physicalFunction }
    set { facts.physicalFunction = newValue }
  }
  /// The number of VFs; nil when the function can't have VFs.
  @inlinable public var virtualFunctions: VirtualFunctions? {
    get { storage.facts.virtualFunctions }
    set { facts.virtualFunctions = newValue }
  }
  /// The IOMMU group; nil when the function is in none.
  @inlinable public var iommuGroup: IOMMUGroup? {
    get { storage.facts.iommuGroup }
    set { facts.iommuGroup = newValue }
  }
  /// The netdevs of the device, by name.
  @inlinable public var interfaces: [NetInterface] {
    get { storage.facts.interfaces }
    set { facts.interfaces = newValue }
  }
  /// Whether the device has a netdev that is not in this network namespace.
  @inlinable public var hidesInterfaces: Bool {
    get { storage.facts.hidesInterfaces }
    set { facts.hidesInterfaces = newValue }
  }
  /// The RDMA devices, by name.
  @inlinable public var rdma: [RDMADevice] {
    get { storage.facts.rdma }
    set { facts.rdma = newValue }
  }
  /// The vDPA devices.
  @inlinable public var vdpa: [VDPADevice] {
    get { storage.facts.vdpa }
    set { facts.vdpa = newValue }
  }
  /// The uio devices, e.g. `uio0`; nil when no uio driver is bound.
  @inlinable public var uio: [String]? {
    get { storage.facts.uio }
    set { facts.uio = newValue }
  }
  /// The name of the vfio cdev below `/dev/vfio/devices`; nil when there is none.
  @inlinable public var vfioDevice: String? {
    get { storage.facts.vfioDevice }
    set { facts.vfioDevice = newValue }
  }
  /// The name of a Slingshot function's node below `/dev`; nil for other functions.
  @inlinable public var cxi: String? {
    get { storage.facts.cxi }
    set { facts.cxi = newValue }
  }
  /// The PCI bridges above the device, the root port first.
  @inlinable public var bridges: [PCIAddress] {
    get { storage.facts.bridges }
    set { facts.bridges = newValue }
  }
  /// The host bridge, e.g. `pci0000:3a`; nil for a device outside of PCI.
  @inlinable public var pcieRoot: String? {
    get { storage.facts.pcieRoot }
    set { facts.pcieRoot = newValue }
  }
  /// The DDP profile of the NIC's firmware; nil when it is unknown.
  @inlinable public var ddpProfile: String? {
    get { storage.facts.ddpProfile }
    set { facts.ddpProfile = newValue }
  }
  /// The devlink parameter `enable_rdma`; nil when devlink does not report it.
  @inlinable public var devlinkEnableRDMA: Bool? {
    get { storage.facts.devlinkEnableRDMA }
    set { facts.devlinkEnableRDMA = newValue }
  }
  /// Node and group of a Rebellions NPU; nil for other devices.
  @inlinable public var rebellions: RebellionsNPU? {
    get { storage.facts.rebellions }
    set { facts.rebellions = newValue }
  }
  /// Why the driver can't serve an NPU now; nil when it can.
  @inlinable public var npuFault: String? {
    get { storage.facts.npuFault }
    set { facts.npuFault = newValue }
  }
  /// The facts of a UB device; nil for other devices.
  @inlinable public var unifiedBus: UBDevice? {
    get { storage.facts.unifiedBus }
    set { facts.unifiedBus = newValue }
  }
  /// Why the device can't be offered now; nil when it can.
  @inlinable public var defect: String? {
    get { storage.facts.defect }
    set { facts.defect = newValue }
  }
  /// The file that does not answer, with the reason; the other facts are then from before. Otherwise nil.
  public var silence: String? { storage.facts.silence }
  var brokenFact: String? { storage.facts.brokenFact }
}
