/// The host as pools see it: the last snapshot, and how to look at a few devices again.
public final class HostSnapshot: Sendable {
  public let root: HostRoot
  public let kernel: KernelFacts
  public let inventory: Inventory

  public init(root: HostRoot, kernel: KernelFacts, inventory: Inventory) {
    self.root = root
    self.kernel = kernel
    self.inventory = inventory
  }

  /// Reads these devices again, as far as `depth` asks for: a driver may have been rebound since the last snapshot. A
  /// device that has gone is left out.
  ///
  /// - Returns: `silence` is a file of theirs that the kernel does not answer for; their facts are then not to be trusted.
  public func now(
    _ ids: [String], depth: @escaping @Sendable (Device) -> Recheck = { _ in .everything }
  ) async -> (devices: [Device], silence: InventoryProblem?) {
    // Links are read at once whatever their drivers do.
    if let devices = inventory.boundAsBefore(ids, depth: depth, on: root, kernel) { return (devices, nil) }
    let (devices, problems) = await root.reading { [inventory, kernel] root in
      inventory.reading(again: ids, depth: depth, from: root, kernel: kernel)
    }
    return (devices, problems.first(where: \.isSilence))
  }

  /// Whether a device that was offered in `before` exists and cannot be offered now: a reason to read again.
  ///
  /// Netlink is asked before files are read: a netdev that came home or was renamed in between looks as if it were in no
  /// namespace of ours. A pool that ended for that would be back a moment later, and kubelet would know of both.
  public func hasNewDefects(since before: HostSnapshot) -> Bool {
    // By index: a closure would be handed a copy of each device.
    let devices = inventory.devices
    return devices.indices.contains { index in
      guard devices[index].defect != nil, let earlier = before.inventory[devices[index].id] else { return false }
      return earlier.defect == nil
    }
  }

  /// Which of those nodes are there at this moment.
  public func nodesNow(_ wanted: Set<HostNodes.Node>) -> HostNodes { HostNodes.read(wanted, from: root) }
}
