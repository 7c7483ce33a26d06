import HostInventory
import KubeletState
import ResourcePools
import TestSupport
import Testing

@testable import Agent

/// Functions whose interface is in no namespace that anybody knows.
@Suite struct LostInterfaceHealthTests {
  private let lost = Unit.Health.unhealthy(reason: "no network interface here, and no pod has it")

  /// The health of the units `seconds` after kubelet's answer has become `uses`. Before that, pods had all devices, or
  /// the daemon did not run.
  private func units(
    _ checks: String, uses: PodUses?, after seconds: Double, ranBefore: Bool = true
  ) throws -> [String: Unit.Health] {
    let tree = try MachineTree(named: "lost-netdev")
    let view = HostSnapshot(root: tree.root, kernel: tree.kernel, inventory: tree.read().0)
    var health = NodeHealth()
    if ranBefore {
      let name = ResourceName(prefix: "intel.com", name: "net")
      let all = view.inventory.devices.map { HeldUnit(pool: name, unit: $0.id) }
      health.observe(view, at: -1)
      health.observe(PodUses(units: all, isCurrent: true), of: view, at: -1)
    }
    for now in [0, seconds] {
      health.observe(view, at: now)
      health.observe(uses, of: view, at: now)
    }
    let (config, _) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"net","selectors":{"devices":["1889"]}\#(checks)}]}"#.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let partition = PoolPartition(
      inventory: view.inventory, pools: try #require(config).pools, health: { health.health(of: $0, in: $1) })
    return Dictionary(uniqueKeysWithValues: partition.pools[0].units.map { ($0.id, $0.health) })
  }

  @Test func unhealthyOnceItIsMissedLongEnough() throws {
    let uses = PodUses(isCurrent: true)
    #expect(
      try units("", uses: uses, after: 10)
        == ["0000:3b:01.0": .healthy, "0000:3b:01.1": lost, "0000:3b:01.2": lost])
    #expect(try units("", uses: uses, after: 9).values.allSatisfy { $0 == .healthy })
  }

  /// A daemon that restarts offers no device that had lost its interface before.
  @Test func unhealthyAtOnceWhenTheDaemonStarts() throws {
    let uses = PodUses(isCurrent: true)
    #expect(
      try units("", uses: uses, after: 0, ranBefore: false)
        == ["0000:3b:01.0": .healthy, "0000:3b:01.1": lost, "0000:3b:01.2": lost])
    #expect(try units("", uses: nil, after: 0, ranBefore: false).values.allSatisfy { $0 == .healthy })
  }

  @Test func aPodMayHaveIt() throws {
    let name = ResourceName(prefix: "intel.com", name: "net")
    let uses = PodUses(units: [HeldUnit(pool: name, unit: "0000:3b:01.1")], isCurrent: true)
    let health = try units("", uses: uses, after: 10)
    #expect(health["0000:3b:01.1"] == .healthy && health["0000:3b:01.2"] == lost)
  }

  @Test func nothingIsSaidWithoutPodresourcesOrWithoutTheCheck() throws {
    for uses in [nil, PodUses()] {
      #expect(try units("", uses: uses, after: 10).values.allSatisfy { $0 == .healthy })
    }
    let checks = #","healthChecks":["present","driver","link"]"#
    #expect(try units(checks, uses: PodUses(isCurrent: true), after: 10).values.allSatisfy { $0 == .healthy })
  }
}
