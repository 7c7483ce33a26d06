import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import KubeletState

/// 10,000 events on recorded machines, 500 a seed: the daemon's memory never matters in the end.
@Suite("A storm of events leaves the state of a fresh start")
struct StormTests {
  private static let length = 500

  @Test(arguments: 0..<20 as Range<UInt64>)
  func stormLeavesTheStateOfAFreshStart(seed: UInt64) async throws {
    let machines = try MachineTree.names
    let machine = machines[Int(seed) % machines.count]
    var node = try RandomNode(machine: machine, seed: seed)
    var daemon = try Follower(node)
    for step in 0..<Self.length {
      try daemon.act(&node)
      // Most events come while others are waiting to be read.
      if node.chance(2) { daemon.scan(node) }
      if node.chance(8) { try compareReadings(&daemon, node, "\(machine), seed \(seed), step \(step)") }
      if step % 50 == 49 { compareStates(&daemon, node, "\(machine), seed \(seed), step \(step)") }
    }
  }

  /// What was followed is what a whole reading finds.
  private func compareReadings(_ daemon: inout Follower, _ node: RandomNode, _ place: String) throws {
    daemon.scan(node)
    let (whole, _) = Inventory.read(from: node.root, kernel: node.kernel)
    guard daemon.view.inventory != whole else { return }
    for device in whole.devices where daemon.view.inventory[device.id] != device {
      Issue.record("\(place): \(String(describing: daemon.view.inventory[device.id])) instead of \(device)")
    }
    #expect(daemon.view.inventory.devices.map(\.id) == whole.devices.map(\.id), "\(place)")
    #expect(daemon.view.inventory.nodes == whole.nodes, "\(place)")
  }

  /// Every list of the configuration's pools is what a daemon that starts now would send. A pool that the configuration has no
  /// more lists what pods have of it, and offers nothing.
  private func compareStates(_ daemon: inout Follower, _ node: RandomNode, _ place: String) {
    daemon.now += LinkHealth.calm * 2
    daemon.scan(node)
    // Kubelet may not have answered just then.
    daemon.scan(node)
    let fresh = daemon.freshLists()
    let lists = daemon.lists()
    let retired = daemon.retiredNames
    for name in retired {
      for (id, health) in lists[name] ?? [:] {
        #expect(health != .healthy && daemon.isHeld(id, of: name), "\(place): \(name): \(id)")
      }
    }
    for name in Set(fresh.keys).union(lists.keys).subtracting(retired).sorted() where fresh[name] != lists[name] {
      Issue.record("\(place): \(name): \(lists[name] ?? [:]) instead of \(fresh[name] ?? [:])")
    }
  }
}

/// The daemon's decisions without its sockets: what `Agent` does with each event.
private struct Follower {
  private(set) var view: HostSnapshot
  private(set) var config: PluginConfig
  private var pools = NodePools()
  private var health = NodeHealth()
  private var unread = NodeChanges.Scope.none
  private var held: [(resource: String, ids: [String])] = []
  private let words: [String]
  var now = 0.0

  init(_ node: RandomNode) throws {
    let (inventory, _) = Inventory.read(from: node.root, kernel: node.kernel)
    view = HostSnapshot(root: node.root, kernel: node.kernel, inventory: inventory)
    let port = inventory.devices.first { $0.virtualFunctions != nil && !$0.interfaces.isEmpty }?.interfaces.first?.name
    words = [
      #"{"resourceName":"vfio","selectors":{"drivers":["vfio-pci"]}}"#,
      #"{"resourceName":"kernel","selectors":{"drivers":["iavf","igbvf","i40e","ice","mlx5_core"]}}"#,
      #"{"resourceName":"ether","excludeDefaultRoute":true,"selectors":{"linkTypes":["ether"]}}"#,
      #"{"resourceName":"rdma","selectors":{"isRdma":true}}"#,
      #"{"resourceName":"port","selectors":{"pfNames":["\#(port ?? "none")#0-1"]}}"#,
      #"{"resourceName":"accel","deviceType":"accelerator","selectors":{"drivers":["rebellions","vfio-pci"]}}"#,
      #"{"resourceName":"sf","deviceType":"auxNetDevice","selectors":{"auxTypes":["sf"]}}"#,
      #"{"resourceName":"copies","replicas":3,"selectors":{"vendors":["8086","1af4"]}}"#,
      #"{"resourceName":"rest","selectors":{},"healthChecks":["present"]}"#,
      #"{"deviceType":"ubNetDevice","selectors":{"names":["*"]}}"#,
    ]
    config = try Self.config(words)
    apply(assigned: [])
  }

  /// One event: something happens to the host, to the configuration or to a pod.
  mutating func act(_ node: inout RandomNode) throws {
    now += 0.1
    switch node.pick(Array(0..<10)) ?? 0 {
    case 0 where node.chance(3):
      let wanted = words.filter { _ in !node.chance(3) }
      config = try Self.config(node.chance(2) ? wanted.reversed() : wanted)
      unread = .everything
      scan(node)
    case 1: allocate(&node)
    case 2:
      if let index = node.pick(Array(held.indices)) { held.remove(at: index) }
    case 3 where node.chance(10): unread = .everything
    default:
      switch node.event(view.inventory) {
      case .devices(let scope): unread.formUnion(scope)
      case .links: lookAtLinks(node)
      case nil: break
      }
    }
  }

  private mutating func allocate(_ node: inout RandomNode) {
    let free = pools.open.values.flatMap { pool in
      pool.units.filter { unit in
        unit.health == .healthy && !held.contains { $0 == (pool.name.description, [unit.id]) }
      }.map { (pool.name.description, [$0.id]) }
    }
    if let taken = node.pick(free.sorted { ($0.0, $0.1[0]) < ($1.0, $1.1[0]) }) { held.append(taken) }
  }

  mutating func scan(_ node: RandomNode) {
    defer { unread = .none }
    let inventory: Inventory
    if case .functions(let changed) = unread {
      (inventory, _) = view.inventory.following(changed, since: view.kernel, from: node.root, kernel: node.kernel)
    } else {
      (inventory, _) = Inventory.read(from: node.root, kernel: node.kernel)
    }
    view = HostSnapshot(root: node.root, kernel: node.kernel, inventory: inventory)
    health.observe(view, at: now)
    health.settle(at: now)
    // Now and then kubelet does not answer.
    apply(assigned: unread == .everything ? nil : PodAssignments.units(held, in: pools.open))
  }

  private mutating func lookAtLinks(_ node: RandomNode) {
    var facts = view.kernel
    facts.links = node.kernel.links
    view = HostSnapshot(root: view.root, kernel: facts, inventory: view.inventory)
    health.observe(view, at: now)
    apply(assigned: PodAssignments.units(held, in: pools.open))
  }

  private mutating func apply(assigned: [HeldUnit]?) {
    var partition = pools.partition(view.inventory, config, health)
    if pools.needsAssignments(for: partition, at: now) {
      let uses = assigned.map { PodUses(units: $0) }
      health.observe(uses, of: view, at: now)
      partition = pools.partition(view.inventory, config, health, uses: uses, at: now)
    }
    pools.take(partition)
  }

  /// What kubelet has: by resource, each unit's health.
  func lists() -> [String: [String: Unit.Health]] { Self.lists(pools) }

  /// What it would have from a daemon that starts now.
  func freshLists() -> [String: [String: Unit.Health]] {
    var health = NodeHealth()
    health.observe(view, at: now)
    var fresh = NodePools()
    let uses = PodUses(units: PodAssignments.units(held, in: [:]))
    fresh.take(fresh.partition(view.inventory, config, health, uses: uses, at: now))
    return Self.lists(fresh)
  }

  /// Pools that the configuration has no more.
  var retiredNames: [String] {
    pools.open.values.filter(\.config.isRetired).map { "\($0.name)" }.sorted()
  }

  func isHeld(_ id: String, of name: String) -> Bool { held.contains { $0 == (name, [id]) } }

  private static func lists(_ pools: NodePools) -> [String: [String: Unit.Health]] {
    var lists: [String: [String: Unit.Health]] = [:]
    for (name, pool) in pools.open {
      lists["\(name)"] = Dictionary(pool.units.map { ($0.id, $0.health) }) { first, _ in first }
    }
    return lists
  }

  private static func config(_ pools: [String]) throws -> PluginConfig {
    let shared = #"{"resourceName":"hca","rdmaHcaMax":4,"selectors":{"vendors":["15b3"]}}"#
    let text = #"{"resourceList":[\#(pools.joined(separator: ","))],"configList":[\#(shared)]}"#
    let (config, problems) = PluginConfig.decode(
      Array(text.utf8), file: "storm.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    return try #require(config, "\(problems)")
  }
}
