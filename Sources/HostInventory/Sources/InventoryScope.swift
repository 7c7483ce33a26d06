/// Which parts of the inventory must be read again.
public enum InventoryScope: Sendable, Hashable {
  /// These PCI functions, and everything that belongs to no function: the bus's list, nodes, UB devices, netlink's facts.
  case functions(Set<PCIAddress>)
  /// Every device.
  case everything

  /// No function, only what belongs to none.
  public static let none = InventoryScope.functions([])

  /// Adds the parts of `other`.
  public mutating func formUnion(_ other: InventoryScope) {
    guard case .functions(let mine) = self, case .functions(let others) = other else {
      self = .everything
      return
    }
    self = .functions(mine.union(others))
  }
}
