/// The physical function of a virtual function or a subfunction.
///
/// Corresponds to `/sys/bus/pci/devices/<address>/physfn`, and to the parent of an auxiliary device.
public struct PhysicalFunction: Sendable, Equatable {
  /// The PF's address.
  public let address: PCIAddress
  /// The PF's netdev: the uplink representor in switchdev mode, else the first one. Empty when the PF has none here,
  /// e.g. because it is bound to vfio-pci.
  public var name: String
  /// The link type of that netdev; nil when it is unknown.
  public var linkType: String?
  /// N of the PF's link `virtfnN` to this function, or the `sfnum` of a subfunction; nil when there is none.
  public var functionIndex: Int?

  /// Creates the facts of a PF.
  public init(address: PCIAddress, name: String, linkType: String? = nil, functionIndex: Int?) {
    self.address = address
    self.name = name
    self.linkType = linkType
    self.functionIndex = functionIndex
  }
}

/// The number of virtual functions of a physical function.
///
/// Corresponds to `sriov_totalvfs` and `sriov_numvfs`, Documentation/ABI/testing/sysfs-bus-pci.
public struct VirtualFunctions: Sendable, Equatable {
  /// How many the function can have (`sriov_totalvfs`).
  public var total: Int
  /// How many it has (`sriov_numvfs`).
  public var enabled: Int

  /// Creates the numbers.
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
