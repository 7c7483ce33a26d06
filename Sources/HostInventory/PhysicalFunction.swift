/// The physical function behind a virtual function or a subfunction.
///
/// Corresponds to `/sys/bus/pci/devices/<address>/physfn`, and to the parent of an auxiliary device.
public struct PhysicalFunction: Sendable, Equatable {
  public let address: PCIAddress
  /// The netdev that stands for the PF: the uplink representor in switchdev mode, else the first one below the PF.
  /// Empty when the PF has none here (bound to vfio-pci, say).
  public var name: String
  /// Link type of that netdev; nil when it has none.
  public var linkType: String?
  /// N of the `virtfnN` link that leads back here, or the `sfnum` of a subfunction; nil when none does.
  public var functionIndex: Int?

  public init(address: PCIAddress, name: String, linkType: String? = nil, functionIndex: Int?) {
    self.address = address
    self.name = name
    self.linkType = linkType
    self.functionIndex = functionIndex
  }
}

/// How many virtual functions a physical one can have and has.
///
/// Corresponds to `sriov_totalvfs` and `sriov_numvfs`, Documentation/ABI/testing/sysfs-bus-pci.
public struct VirtualFunctions: Sendable, Equatable {
  public var total: Int
  public var enabled: Int

  public init(total: Int, enabled: Int) {
    self.total = total
    self.enabled = enabled
  }

  /// Nil when either file has gone; throws when one is not a number.
  ///
  /// `enabled` is their number where the links to them show it already: reading `sriov_numvfs` waits for as long as
  /// another process writes it, which takes a driver seconds.
  static func read(
    _ function: borrowing SysfsDirectory, enabled: Int?
  ) throws(HostInventoryError) -> VirtualFunctions? {
    guard let total = try function.integer("sriov_totalvfs") else { return nil }
    if let enabled { return VirtualFunctions(total: total, enabled: enabled) }
    guard let enabled = try function.integer("sriov_numvfs") else { return nil }
    return VirtualFunctions(total: total, enabled: enabled)
  }
}
