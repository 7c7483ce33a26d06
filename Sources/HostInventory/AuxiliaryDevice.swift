/// A device on the auxiliary bus, such as a subfunction `mlx5_core.sf.4`.
///
/// Corresponds to `/sys/bus/auxiliary/devices/<driver>.<type>.<id>`.
public struct AuxiliaryDevice: Sendable, Equatable {
  public let name: String
  /// The middle part of the name: `sf`, `eth`, `rdma`; empty when the name has another form.
  public let type: String
  /// `sfnum`; nil when the file is not there.
  public var subfunctionNumber: Int?
  /// The PCI function above it.
  public var parent: PCIAddress

  public init(name: String, type: String, subfunctionNumber: Int?, parent: PCIAddress) {
    self.name = name
    self.type = type
    self.subfunctionNumber = subfunctionNumber
    self.parent = parent
  }
}
