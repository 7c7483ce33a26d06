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
}
