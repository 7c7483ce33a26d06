import Linux

/// The IOMMU group of a function.
///
/// Corresponds to the link `<device>/iommu_group`, to the group's file `name`, which is `vfio-noiommu` when vfio made
/// the group, and to the group's directory `devices`.
public struct IOMMUGroup: Sendable, Equatable {
  /// The number in `/sys/kernel/iommu_groups` and `/dev/vfio`.
  public let number: Int
  /// Whether vfio made the group because the host has no IOMMU; the node is then `/dev/vfio/noiommu-<number>`.
  public var isNoIOMMU: Bool
  /// The other functions of the group, by address. They are read only for a function with a vfio driver, because only
  /// such a function is handed out by its group.
  public var others: [Member] = []

  /// Another function of the group.
  public struct Member: Sendable, Equatable {
    /// The other function's address.
    public let address: PCIAddress
    /// The driver of the other function; nil when none is bound.
    public let driver: String?
    /// Whether the function keeps vfio from using the group.
    public let isObstacle: Bool

    /// Creates the facts of another function.
    public init(address: PCIAddress, driver: String?, isObstacle: Bool) {
      self.address = address
      self.driver = driver
      self.isObstacle = isObstacle
    }
  }

  /// Creates the facts of a group.
  public init(number: Int, isNoIOMMU: Bool, others: [Member] = []) {
    self.number = number
    self.isNoIOMMU = isNoIOMMU
    self.others = others
  }

  enum Origin {
    /// An IOMMU made it; such groups have no name.
    case byIOMMU
    /// vfio may have made it: the group's `name` shows that.
    case byNameFile
  }

  /// Throws when `iommu_group` is not a link to a numbered group.
  static func read(
    _ function: borrowing SysfsDirectory, _ origin: Origin
  ) throws(HostInventoryError) -> IOMMUGroup? {
    guard let name = try function.linkName("iommu_group") else { return nil }
    guard let number = Int(name), number >= 0 else {
      throw .malformed(path: function.path(of: "iommu_group"), found: name, expected: "a link to a numbered group")
    }
    let groupName = origin == .byNameFile ? try function.text("iommu_group/name") : nil
    return IOMMUGroup(number: number, isNoIOMMU: groupName == "vfio-noiommu")
  }
}

extension IOMMUGroup {
  /// Why vfio refuses the group: a function in it has another driver. Nil when vfio accepts the group.
  public var obstacle: String? {
    others.first(where: \.isObstacle).map { member in
      "IOMMU group \(number) is not viable: \(member.address) in it is bound to \(member.driver ?? "a driver")"
    }
  }

  /// Addresses of the group's other functions, by its directory or, where a recorded tree has none, by all functions'
  /// links.
  static func others(
    than own: PCIAddress, below function: borrowing SysfsDirectory, number: Int, by reader: InventoryReader
  ) throws(HostInventoryError) -> [PCIAddress] {
    guard let directory = try function.directoryIfPresent("iommu_group/devices") else {
      return (reader.groupsByLink[number] ?? []).filter { $0 != own }
    }
    var found: [PCIAddress] = []
    try directory.forEachEntry { entry in
      if let address = PCIAddress(entry.name), address != own { found.append(address) }
    }
    return found.sorted()
  }
}

extension IOMMUGroup.Member {
  /// The kernel lets vfio have a group only when all its functions are without driver, bound to vfio or to a stub, or
  /// bridges: `iommu_group_claim_dma_owner` and the flag `driver_managed_dma`.
  static func read(
    _ address: PCIAddress, in devices: borrowing SysfsDirectory, by reader: InventoryReader
  ) throws(HostInventoryError) -> IOMMUGroup.Member {
    let driver = try devices.linkName("\(address)/driver")
    let identity = try devices.attribute("\(address)/modalias", "pci:v…", FunctionIdentity.init)
    for name in ["", "/driver", "/iommu_group"] { reader.log?.keep(.itself, devices.path(of: "\(address)\(name)")) }
    reader.log?.keep(.file, devices.path(of: "\(address)/modalias"))
    let isHarmless =
      driver.map { VFIODriver.has($0) || ["pci-stub", "pcieport"].contains($0) } ?? true
      || identity.map { bridges.contains($0.classCode >> 8) } ?? false
    return IOMMUGroup.Member(address: address, driver: driver, isObstacle: !isHarmless)
  }

  /// PCI-to-PCI bridges and semi-transparent ones.
  private static let bridges: Set<UInt32> = [0x0604, 0x0609]
}

extension Device {
  /// Whether a vfio driver is bound, e.g. `vfio-pci` or `mlx5_vfio_pci`.
  public var isBoundToVFIO: Bool { VFIODriver.has(driver) }
}
