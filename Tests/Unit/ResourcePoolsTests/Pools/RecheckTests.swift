import Foundation
import HostInventory
import ResourcePools
import TestSupport
import Testing

/// What is read again before a container gets a device, as far as its pool's attachments ask for it.
@Suite struct RecheckTests {
  /// The function was read after its driver was bound, and before another module made the node.
  @Test(arguments: [
    ("slingshot-vfs", "cxi_ss1", "0000:21:00.1", "cxi_user", "cxi1"),
    ("intel-e810-x710", "igb_uio", "0000:5e:02.2", "uio", "uio7"),
  ])
  func aNodeThatAppearsLaterIsGiven(
    _ machine: String, _ driver: String, _ id: String, _ directory: String, _ name: String
  ) async throws {
    let tree = try MachineTree(named: machine)
    let place = tree.place("sys/bus/pci/devices/\(id)/\(directory)")
    try FileManager.default.removeItem(atPath: place)
    let inventory = tree.read().0
    let pool = Pools.partition(inventory, try Pools.config([["drivers": [driver]]])).pools[0]
    #expect(try pool.allocate(id, on: inventory).nodes.isEmpty)
    try FileManager.default.createDirectory(atPath: "\(place)/\(name)", withIntermediateDirectories: true)
    let snapshot = HostSnapshot(root: tree.root, kernel: tree.kernel, inventory: inventory)
    let devices = await snapshot.now([id], depth: pool.recheck).devices
    let answer = try pool.allocate([id], seeing: devices, nodes: inventory.nodes, cdi: .off)
    #expect(answer.nodes.map(\.hostPath) == ["/dev/\(name)"])
  }
}
