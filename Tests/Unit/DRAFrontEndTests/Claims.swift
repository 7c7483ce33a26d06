import HostInventory
import JSONText
import KubeletAPI
import ResourcePools
import TestSupport
import Testing

@testable import DRAFrontEnd

/// Claims on a recorded machine.
struct Claims {
  let partition: PoolPartition
  let inventory: Inventory
  var ledger = ClaimLedger()
  var heldByPlugins: Set<String> = []

  init(_ config: String, on machine: String) throws {
    let (inventory, _) = try MachineTree(named: machine).read()
    self.inventory = inventory
    partition = PoolPartition(inventory: inventory, pools: try Pools.configs(config))
  }

  static let reference = ClaimReference(namespace: "ns", uid: "uid-1", name: "claim")

  /// What the API server says of a claim for these devices: request, pool's index, device's index.
  func allocation(
    _ results: [(String, Int, Int)], config: [String] = [], share: String? = nil
  ) throws -> ClaimAllocation {
    let items = results.map { request, pool, device -> JSONValue in
      let published = published[pool]
      var item: JSONValue = [
        "request": .string(request), "driver": "devicepool", "pool": .string(published.name),
        "device": .string(published.devices[device].device.name),
      ]
      if let share { item["shareID"] = .string(share) }
      return item
    }
    let settings = try config.map { text -> JSONValue in
      [
        "requests": [],
        "opaque": ["driver": "devicepool", "parameters": try JSONNode.parse(Array(text.utf8)).jsonValue],
      ]
    }
    return try ClaimAllocation(["uid": "uid-1", "results": .array(items), "config": .array(settings)])
  }

  var published: [PublishedPool] { partition.pools.map { PublishedPool($0, node: "node1", driver: .standard) } }

  func plan(
    _ allocation: ClaimAllocation, _ claim: ClaimReference = reference
  ) throws(ClaimPlan.Refusal) -> ClaimPlan {
    let inventory = inventory
    let node = ClaimPlan.Node(
      driver: .standard, pools: Array(zip(published, partition.pools)).map { (published: $0, pool: $1) },
      ledger: ledger,
      heldByPlugins: heldByPlugins, devicesNow: { $0.compactMap { inventory[$0] } }, nodesNow: { _ in inventory.nodes })
    return try ClaimPlan(claim, allocation, on: node)
  }
}
