/// One device of this host that a pool could offer.
///
/// All facts come from one reading of the host, so two pools never see different values, and they never change: a device
/// goes from the snapshot to pools, units and answers as one reference, where each copy of the facts would count dozens.
public final class Device: Identifiable, Sendable, Equatable {
  public let facts: DeviceFacts

  public init(_ facts: DeviceFacts) { self.facts = facts }

  /// Where a device hangs.
  public enum Bus: Sendable, Equatable {
    case pci(PCIAddress)
    case auxiliary(AuxiliaryDevice)
    case unifiedBus
  }

  /// The PCI function itself, or the one that an auxiliary device belongs to.
  public var pciAddress: PCIAddress? { facts.pciAddress }
  /// `ether`, `infiniband` …: of its own netdev, else of its PF's; empty when neither has one.
  public var linkType: String { facts.linkType }

  /// The same device with other facts.
  public func changing(_ change: (inout DeviceFacts) -> Void) -> Device {
    var facts = facts
    change(&facts)
    return Device(facts)
  }

  public static func == (a: Device, b: Device) -> Bool { a === b || a.facts == b.facts }
}

// What they mean is said where the facts are.
extension Device {
  @inlinable public var id: String { facts.id }
  @inlinable public var bus: Device.Bus { facts.bus }
  @inlinable public var vendor: UInt16 { facts.vendor }
  @inlinable public var product: UInt16 { facts.product }
  @inlinable public var classCode: UInt32 { facts.classCode }
  @inlinable public var driver: String? { facts.driver }
  @inlinable public var numaNode: Int? { facts.numaNode }
  @inlinable public var acpiIndex: String? { facts.acpiIndex }
  @inlinable public var physicalFunction: PhysicalFunction? { facts.physicalFunction }
  @inlinable public var virtualFunctions: VirtualFunctions? { facts.virtualFunctions }
  @inlinable public var iommuGroup: IOMMUGroup? { facts.iommuGroup }
  @inlinable public var interfaces: [NetInterface] { facts.interfaces }
  @inlinable public var rdma: [RDMADevice] { facts.rdma }
  @inlinable public var vdpa: [VDPADevice] { facts.vdpa }
  @inlinable public var uio: [String]? { facts.uio }
  @inlinable public var bridges: [PCIAddress] { facts.bridges }
  @inlinable public var ddpProfile: String? { facts.ddpProfile }
  @inlinable public var devlinkEnableRDMA: Bool? { facts.devlinkEnableRDMA }
  @inlinable public var rebellions: RebellionsNPU? { facts.rebellions }
  @inlinable public var unifiedBus: UBDevice? { facts.unifiedBus }
  @inlinable public var defect: String? { facts.defect }
  var brokenFact: String? { facts.brokenFact }
}
