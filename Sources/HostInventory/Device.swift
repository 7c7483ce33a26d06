/// One device of this host that a pool could offer.
///
/// All facts come from one reading of the host, so two pools never see different values. A value like any other, and one
/// reference: a device goes from the snapshot to pools, units and answers, where each copy of the facts would count dozens.
public struct Device: Identifiable, Sendable, Equatable {
  @usableFromInline final class Storage: Sendable {
    @usableFromInline let facts: DeviceFacts

    init(_ facts: consuming DeviceFacts) { self.facts = facts }
  }

  @usableFromInline var storage: Storage

  public init(_ facts: consuming DeviceFacts) { storage = Storage(consume facts) }

  public init(id: String, bus: Bus, vendor: UInt16 = 0, product: UInt16 = 0, classCode: UInt32 = 0) {
    self.init(DeviceFacts(id: id, bus: bus, vendor: vendor, product: product, classCode: classCode))
  }

  /// Where a device hangs.
  public enum Bus: Sendable, Equatable {
    case pci(PCIAddress)
    case auxiliary(AuxiliaryDevice)
    case unifiedBus
  }

  /// All at once; a changed device is another one.
  public var facts: DeviceFacts {
    get { storage.facts }
    set { storage = Storage(newValue) }
  }

  /// The PCI function itself, or the one that an auxiliary device belongs to.
  public var pciAddress: PCIAddress? { storage.facts.pciAddress }
  /// `ether`, `infiniband` …: of its own netdev, else of its PF's; empty when neither has one.
  public var linkType: String { storage.facts.linkType }

  public static func == (a: Device, b: Device) -> Bool {
    a.storage === b.storage || a.storage.facts == b.storage.facts
  }
}

// What they mean is said where the facts are.
extension Device {
  @inlinable public var id: String { storage.facts.id }
  @inlinable public var bus: Device.Bus { storage.facts.bus }
  @inlinable public var vendor: UInt16 {
    get { storage.facts.vendor }
    set { facts.vendor = newValue }
  }
  @inlinable public var product: UInt16 {
    get { storage.facts.product }
    set { facts.product = newValue }
  }
  @inlinable public var classCode: UInt32 {
    get { storage.facts.classCode }
    set { facts.classCode = newValue }
  }
  @inlinable public var driver: String? {
    get { storage.facts.driver }
    set { facts.driver = newValue }
  }
  @inlinable public var numaNode: Int? {
    get { storage.facts.numaNode }
    set { facts.numaNode = newValue }
  }
  @inlinable public var acpiIndex: String? {
    get { storage.facts.acpiIndex }
    set { facts.acpiIndex = newValue }
  }
  @inlinable public var physicalFunction: PhysicalFunction? {
    get { storage.facts.physicalFunction }
    set { facts.physicalFunction = newValue }
  }
  @inlinable public var virtualFunctions: VirtualFunctions? {
    get { storage.facts.virtualFunctions }
    set { facts.virtualFunctions = newValue }
  }
  @inlinable public var iommuGroup: IOMMUGroup? {
    get { storage.facts.iommuGroup }
    set { facts.iommuGroup = newValue }
  }
  @inlinable public var interfaces: [NetInterface] {
    get { storage.facts.interfaces }
    set { facts.interfaces = newValue }
  }
  @inlinable public var hidesInterfaces: Bool {
    get { storage.facts.hidesInterfaces }
    set { facts.hidesInterfaces = newValue }
  }
  @inlinable public var rdma: [RDMADevice] {
    get { storage.facts.rdma }
    set { facts.rdma = newValue }
  }
  @inlinable public var vdpa: [VDPADevice] {
    get { storage.facts.vdpa }
    set { facts.vdpa = newValue }
  }
  @inlinable public var uio: [String]? {
    get { storage.facts.uio }
    set { facts.uio = newValue }
  }
  @inlinable public var vfioDevice: String? {
    get { storage.facts.vfioDevice }
    set { facts.vfioDevice = newValue }
  }
  @inlinable public var cxi: String? {
    get { storage.facts.cxi }
    set { facts.cxi = newValue }
  }
  @inlinable public var bridges: [PCIAddress] {
    get { storage.facts.bridges }
    set { facts.bridges = newValue }
  }
  @inlinable public var pcieRoot: String? {
    get { storage.facts.pcieRoot }
    set { facts.pcieRoot = newValue }
  }
  @inlinable public var ddpProfile: String? {
    get { storage.facts.ddpProfile }
    set { facts.ddpProfile = newValue }
  }
  @inlinable public var devlinkEnableRDMA: Bool? {
    get { storage.facts.devlinkEnableRDMA }
    set { facts.devlinkEnableRDMA = newValue }
  }
  @inlinable public var rebellions: RebellionsNPU? {
    get { storage.facts.rebellions }
    set { facts.rebellions = newValue }
  }
  @inlinable public var npuFault: String? {
    get { storage.facts.npuFault }
    set { facts.npuFault = newValue }
  }
  @inlinable public var unifiedBus: UBDevice? {
    get { storage.facts.unifiedBus }
    set { facts.unifiedBus = newValue }
  }
  @inlinable public var defect: String? {
    get { storage.facts.defect }
    set { facts.defect = newValue }
  }
  public var silence: String? { storage.facts.silence }
  var brokenFact: String? { storage.facts.brokenFact }
}
