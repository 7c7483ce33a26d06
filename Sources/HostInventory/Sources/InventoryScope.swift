/// What has to be read again of the host.
public enum InventoryScope: Sendable, Hashable {
  /// These PCI functions, and all that is read without them: the bus's list, nodes, UB devices, netlink's facts.
  case functions(Set<PCIAddress>)
  case everything

  /// No function, and all that is read without one.
  public static let none = InventoryScope.functions([])

  /// Adds what `other` asks for.
  public mutating func formUnion(_ other: InventoryScope) {
    guard case .functions(let mine) = self, case .functions(let others) = other else {
      self = .everything
      return
    }
    self = .functions(mine.union(others))
  }
}
