import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Agent

/// When a device is Healthy: each rule by its name, on an XL710 port with six virtual functions and a plain NIC.
@Suite("What makes a device unhealthy")
struct DeviceHealthTests {
  private let machine: MachineTree
  private let inventory: Inventory
  private static let vf = "0000:01:02.0"
  private static let plain = "0000:02:00.0"

  init() throws {
    machine = try MachineTree(named: "h6")
    inventory = machine.read().0
  }

  /// Healths of a VF and of the plain NIC, two seconds after `change` came over links that were all up.
  private func health(
    in pool: String = #"{"resourceName":"a","selectors":{}}"#, held: [HeldUnit] = [], after seconds: Double = 2,
    _ change: (inout KernelFacts) -> Void
  ) throws -> (vf: Unit.Health?, plain: Unit.Health?) {
    var health = NodeHealth()
    health.observe(HostSnapshot(root: machine.root, kernel: machine.kernel, inventory: inventory), at: 0)
    var kernel = machine.kernel
    change(&kernel)
    let (followed, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: kernel)
    health.observe(HostSnapshot(root: machine.root, kernel: kernel, inventory: followed), at: 10)
    health.settle(at: 10 + seconds)
    let (config, problems) = PluginConfig.decode(
      Array(#"{"resourceList":[\#(pool)]}"#.utf8), file: "c.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    let decoded = try #require(config, "\(problems)")
    let pools = PoolPartition(
      inventory: followed, pools: decoded.pools, health: { health.health(of: $0, in: $1) }, held: held
    ).pools
    return (pools[0][Self.vf]?.health, pools[0][Self.plain]?.health)
  }

  private func sick(_ link: String) -> Unit.Health {
    .unhealthy(reason: "link \(link) is up and has lost its carrier")
  }

  @Test func aVirtualFunctionIsAsHealthyAsItsPFsLink() throws {
    let health = try health { $0.links?["ens1f0"]?.hasCarrier = false }
    #expect(health.vf == sick("ens1f0"))
    #expect(health.plain == .healthy)
  }

  @Test func aVirtualFunctionsOwnCarrierDoesNotCount() throws {
    #expect(try health { $0.links?["ens1f0v0"]?.hasCarrier = false }.vf == .healthy)
  }

  @Test func aFunctionThatIsNotVirtualIsAsHealthyAsItsOwnLink() throws {
    let health = try health { $0.links?["eno1"]?.hasCarrier = false }
    #expect(health.plain == sick("eno1"))
    #expect(health.vf == .healthy)
  }

  @Test func aLinkThatIsDownByWillIsHealthy() throws {
    let health = try health { kernel in
      for name in ["ens1f0", "eno1"] {
        kernel.links?[name]?.isUp = false
        kernel.links?[name]?.hasCarrier = false
      }
    }
    #expect(health.vf == .healthy)
    #expect(health.plain == .healthy)
  }

  /// Bound to vfio-pci: nothing to look at.
  @Test func aPFWithoutANetdevIsHealthy() throws {
    let health = try health { $0.links?["ens1f0"] = nil }
    #expect(health.vf != sick("ens1f0"))
  }

  /// The netdev went with the pod: kubelet's list does not change for that.
  @Test func aNetdevInAPodsNamespaceIsHealthy() throws {
    let name = ResourceName(prefix: "intel.com", name: "a")
    let away = Inventory(
      devices: inventory.devices.map { device in
        var device = device
        if device.id == Self.vf { device.interfaces = [] }
        return device
      }, nodes: inventory.nodes)
    let (config, _) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"a","selectors":{"linkTypes":["ether"]}}]}"#.utf8), file: "c.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    var health = NodeHealth()
    health.observe(HostSnapshot(root: machine.root, kernel: machine.kernel, inventory: away), at: 0)
    let known = health
    for held in [[], [HeldUnit(pool: name, unit: Self.vf, devices: inventory[Self.vf].map { [$0] } ?? [])]] {
      let pools = PoolPartition(
        inventory: away, pools: try #require(config).pools, health: { known.health(of: $0, in: $1) }, held: held
      ).pools
      #expect(pools[0][Self.vf]?.health == .healthy)
    }
  }

  @Test func aLossIsHeldForASecond() throws {
    #expect(try health(after: 0.99) { $0.links?["ens1f0"]?.hasCarrier = false }.vf == .healthy)
    #expect(try health(after: 1) { $0.links?["ens1f0"]?.hasCarrier = false }.vf == sick("ens1f0"))
  }

  @Test(arguments: [#"[]"#, #"["present"]"#, #"["present","driver"]"#])
  func aPoolThatDoesNotAskForLinksHasHealthyOnes(_ checks: String) throws {
    let pool = #"{"resourceName":"a","selectors":{},"healthChecks":\#(checks)}"#
    #expect(try health(in: pool) { $0.links?["ens1f0"]?.hasCarrier = false }.vf == .healthy)
  }

  @Test func aPodsDeviceWithAnotherDriverIsUnhealthy() throws {
    let name = ResourceName(prefix: "intel.com", name: "a")
    let held = [HeldUnit(pool: name, unit: Self.vf, devices: [try #require(inventory[Self.vf])])]
    let health = try health(in: #"{"resourceName":"a","selectors":{"drivers":["vfio-pci"]}}"#, held: held) { _ in }
    #expect(
      health.vf
        == .unhealthy(reason: "in use by a pod; the pool no longer selects it: drivers: saw iavf, want vfio-pci"))
  }

  @Test func aPodsDeviceThatIsGoneIsUnhealthy() throws {
    let name = ResourceName(prefix: "intel.com", name: "a")
    let held = [HeldUnit(pool: name, unit: "0000:01:03.0")]
    var health = NodeHealth()
    health.observe(HostSnapshot(root: machine.root, kernel: machine.kernel, inventory: inventory), at: 0)
    let (config, _) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"a","selectors":{}}]}"#.utf8), file: "c.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    let pools = PoolPartition(
      inventory: inventory, pools: try #require(config).pools, health: { health.health(of: $0, in: $1) }, held: held
    ).pools
    #expect(
      pools[0]["0000:01:03.0"]?.health == .unhealthy(reason: "in use by a pod; it is no longer on this host"))
  }

  /// Each word of `healthChecks`, and none: a pod's device that does not fit, one that has gone, and a lost carrier.
  @Test(
    arguments: [
      ("[]", []), (#"["present"]"#, ["gone"]), (#"["driver"]"#, ["misfit"]), (#"["link"]"#, ["carrier"]),
      (#"["present","driver","link"]"#, ["gone", "misfit", "carrier"]),
    ] as [(String, Set<String>)])
  func onlyWhatIsAskedForMakesADeviceUnhealthy(_ checks: String, _ expected: Set<String>) throws {
    let name = ResourceName(prefix: "intel.com", name: "a")
    let held = [
      HeldUnit(pool: name, unit: Self.vf, devices: [try #require(inventory[Self.vf])]),
      HeldUnit(pool: name, unit: "0000:01:03.0"),
    ]
    let (config, problems) = PluginConfig.decode(
      Array(
        #"{"resourceList":[{"resourceName":"a","selectors":{"drivers":["igb"]},"healthChecks":\#(checks)}]}"#.utf8),
      file: "c.json", defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    let decoded = try #require(config, "\(problems)")
    var kernel = machine.kernel
    kernel.links?["eno1"]?.hasCarrier = false
    let (lost, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: kernel)
    var health = NodeHealth()
    health.observe(HostSnapshot(root: machine.root, kernel: kernel, inventory: lost), at: 0)
    let known = health
    let pools = PoolPartition(
      inventory: lost, pools: decoded.pools, health: { known.health(of: $0, in: $1) }, held: held
    ).pools
    var sick: Set<String> = []
    for (unit, what) in [(Self.vf, "misfit"), ("0000:01:03.0", "gone"), (Self.plain, "carrier")] {
      let state = try #require(pools[0][unit], "\(unit)").health
      if state != .healthy { sick.insert(what) }
    }
    #expect(sick == expected)
  }

  @Test func everyChangeIsToldOnceAndCounted() throws {
    let machine = try MachineTree(named: "h6")
    var told = HealthTransitions()
    func pools(lost: Bool, at now: Double, _ health: inout NodeHealth) throws -> PoolPartition {
      var kernel = machine.kernel
      kernel.links?["ens1f0"]?.hasCarrier = !lost
      health.observe(HostSnapshot(root: machine.root, kernel: kernel, inventory: inventory), at: now)
      health.settle(at: now + 1)
      let (config, _) = PluginConfig.decode(
        Array(#"{"resourceList":[{"resourceName":"a","selectors":{"drivers":["iavf"]}}]}"#.utf8), file: "c.json",
        defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
      let known = health
      return PoolPartition(
        inventory: inventory, pools: try #require(config).pools, health: { known.health(of: $0, in: $1) })
    }
    var health = NodeHealth()
    #expect(told.changes(in: try pools(lost: false, at: 0, &health)).isEmpty)
    let fallen = told.changes(in: try pools(lost: true, at: 10, &health))
    #expect(fallen.map(\.fallen.count) == [6])
    #expect(fallen.first?.fallen[Self.vf] == "link ens1f0 is up and has lost its carrier")
    #expect(told.changes(in: try pools(lost: true, at: 20, &health)).isEmpty, "once")
    let back = told.changes(in: try pools(lost: false, at: 30, &health))
    #expect(back.map(\.recovered.count) == [6])
    #expect(told.changes(in: try pools(lost: false, at: 40, &health)).isEmpty)
  }
}
