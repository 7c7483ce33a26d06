/// The host as pools see it: the last inventory, and a way to read a few devices again.
public final class HostSnapshot: Sendable {
  /// Where the host's files are.
  public let root: HostRoot
  /// The facts that are not in files, as of the inventory.
  public let kernel: KernelFacts
  /// The devices.
  public let inventory: Inventory

  /// Combines the results of one reading.
  public init(root: HostRoot, kernel: KernelFacts, inventory: Inventory) {
    self.root = root
    self.kernel = kernel
    self.inventory = inventory
  }

  /// Reads these devices again, because a driver may have been bound since the last snapshot; `depth` says how much of
  /// each device must be read. A device that no longer exists is left out.
  ///
  /// - Returns: `silence` is a file of these devices that does not answer; their facts can't be trusted then.
  public func now(
    _ ids: [String], depth: @escaping @Sendable (Device) -> Recheck
  ) async -> (devices: [Device], silence: InventoryProblem?) {
    // Links are read at once whatever their drivers do.
    if let devices = inventory.boundAsBefore(ids, depth: depth, on: root, kernel) { return (devices, nil) }
    let (devices, problems) = await root.reading { [inventory, kernel] root in
      inventory.reading(again: ids, depth: depth, from: root, kernel: kernel)
    }
    return (devices, problems.first(where: \.isSilence))
  }

  /// Whether a device that could be offered in `before` exists but can't be offered now, which is a reason to read
  /// again.
  ///
  /// Netlink is asked before files are read. A netdev that returns or is renamed in between seems to be in another
  /// namespace. A pool that removed it would restore it a moment later, and kubelet would see both changes.
  public func hasNewDefects(since before: HostSnapshot) -> Bool {
    // By index: a closure would be handed a copy of each device.
    let devices = inventory.devices
    return devices.indices.contains { index in
      guard devices[index].defect != nil, let earlier = before.inventory[devices[index].id] else { return false }
      return earlier.defect == nil
    }
  }

  /// Looks for the nodes in `wanted` again.
  public func nodesNow(_ wanted: Set<HostNodes.Node>) -> HostNodes { HostNodes.read(wanted, from: root) }
}
