/// The IOMMU group that a function is in.
///
/// Corresponds to the link `<device>/iommu_group` and the file `name` in it, which reads `vfio-noiommu` when vfio made
/// the group itself.
public struct IOMMUGroup: Sendable, Equatable {
  public let number: Int
  public var isNoIOMMU: Bool

  public init(number: Int, isNoIOMMU: Bool) {
    self.number = number
    self.isNoIOMMU = isNoIOMMU
  }

  enum Origin {
    /// The IOMMU made it, which gives groups no name.
    case byIOMMU
    /// vfio may have made it: the group's `name` tells.
    case byNameFile
  }

  /// Throws when `iommu_group` is no link to a numbered group.
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
