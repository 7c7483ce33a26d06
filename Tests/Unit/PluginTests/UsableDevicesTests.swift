import Foundation
import GRPC
import HostInventory
import KubeletAPI
import KubeletSimulator
import KubeletState
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// The daemon and kubelet's stand-in over real sockets: devices that are there and must not be used, or not like before.
@Suite("Devices that can be used", .timeLimit(.minutes(3)))
struct UsableDevicesTests {
  private static let dpdk = "intel.com/dpdk"
  static let modes: [RegistrationMode.Choice] = [.direct, .watcher]

  /// Functions on vfio-pci in these IOMMU groups.
  private func machine(_ groups: [Int]) throws -> MachineTree {
    var lines = ["machine functions for DPDK"]
    for (number, group) in groups.enumerated() {
      let home = Self.home(number)
      lines += [
        "link sys/bus/pci/devices/\(Self.id(number)) -> ../../../\(home.dropFirst(4))",
        "file \(home)/modalias pci:v00008086d00001889sv00008086sd00000001bc02sc00i00",
        "link \(home)/driver -> ../../../bus/pci/drivers/vfio-pci",
        "link \(home)/iommu_group -> ../../../kernel/iommu_groups/\(group)",
      ]
    }
    return try MachineTree(text: lines.joined(separator: "\n") + "\n")
  }

  private static func id(_ number: Int) -> String { "0000:00:0\(number + 1).0" }
  private static func home(_ number: Int) -> String { "sys/devices/pci0000:00/\(id(number))" }

  private static func config(_ name: String, _ more: String = "") -> String {
    #"{"resourceList":[{"resourceName":"\#(name)","selectors":{"drivers":["vfio-pci"]}\#(more)}]}"#
  }

  private func regroup(_ machine: MachineTree, _ groups: [Int]) throws {
    for (number, group) in groups.enumerated() {
      let link = machine.place("\(Self.home(number))/iommu_group")
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: "../../../kernel/iommu_groups/\(group)")
    }
  }

  private func pod(_ uid: String, _ resource: String, claims: [PodResources.Claim] = []) -> Pod {
    let requests = resource.isEmpty ? [] : [ResourceRequest(resource: resource, count: 1)]
    return Pod(uid: uid, name: uid, containers: [.init(name: "app", requests: requests, claims: claims)])
  }

  /// The daemon of `plugin` once more, on the host as it is now; its exit code when `use` is done.
  private func startedAgain(_ plugin: RunningPlugin, _ use: () async throws -> Void) async throws -> Int32 {
    let queue = CompletionQueue()
    defer { queue.shutdown() }
    let (events, signals) = AsyncStream.makeStream(of: Signals.Event.self)
    let task = Task { [options = plugin.options, log = plugin.log.logger] in
      await Agent.run(options, signals: events, queue: queue, log: log)
    }
    do { try await use() } catch {
      signals.yield(.stop(name: "test"))
      _ = await task.value
      throw error
    }
    signals.yield(.stop(name: "test"))
    return await task.value
  }

  private func error(_ body: () async throws -> Void) async -> String? {
    do { try await body() } catch { return "\(error)" }
    return nil
  }

  // MARK: Reboots

  @Test(arguments: modes) func `after a reboot no container starts with another's node`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let plugin = try RunningPlugin(mode, config: Self.config("dpdk"), machine: try machine([43, 42]))
    let before = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    #expect(!before.options.preStartRequired, "nothing was given out yet")
    for uid in ["a", "b"] { _ = try await plugin.kubelet.admit(pod(uid, Self.dpdk)) }
    plugin.tell(.stop(name: "test"))
    #expect(await plugin.exitCode == 0)
    try regroup(plugin.machine, [42, 43])
    try await plugin.kubelet.restart()
    let code = try await startedAgain(plugin) {
      let after = try #require(await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 2 })
      #expect(after.options.preStartRequired)
      var refusals: [String] = []
      for uid in ["a", "b"] {
        refusals.append(await error { try await plugin.kubelet.startContainer("app", ofPod: uid) } ?? "none")
      }
      let wanted = [
        "0000:00:01.0 was given out with /dev/vfio/43 and now needs /dev/vfio/42; delete the pod",
        "0000:00:02.0 was given out with /dev/vfio/42 and now needs /dev/vfio/43; delete the pod",
      ]
      for text in wanted { #expect(refusals.contains { $0.contains(text) }, "\(refusals)") }
      #expect(plugin.log.count("container start refused: its device nodes belong to another device") > 0)
      try plugin.kubelet.delete(podUID: "a")
      try plugin.kubelet.delete(podUID: "b")
      _ = try await plugin.kubelet.admit(pod("c", Self.dpdk))
      #expect(await error { try await plugin.kubelet.startContainer("app", ofPod: "c") } == nil)
    }
    #expect(code == 0)
    await plugin.kubelet.stop()
  }

  @Test func `an unchanged node starts its containers again`() async throws {
    let plugin = try RunningPlugin(.direct, config: Self.config("dpdk"), machine: try machine([43, 42]))
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    _ = try await plugin.kubelet.admit(pod("a", Self.dpdk))
    plugin.tell(.stop(name: "test"))
    #expect(await plugin.exitCode == 0)
    try await plugin.kubelet.restart()
    let code = try await startedAgain(plugin) {
      let after = try #require(await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 2 })
      #expect(after.options.preStartRequired)
      #expect(await error { try await plugin.kubelet.startContainer("app", ofPod: "a") } == nil)
    }
    #expect(code == 0)
    await plugin.kubelet.stop()
  }

  @Test func `by CDI only the environment is stale, and the container starts`() async throws {
    let plugin = try RunningPlugin(.direct, config: Self.config("dpdk"), machine: try machine([43, 42])) {
      $0.cdi = .both
    }
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    _ = try await plugin.kubelet.admit(pod("a", Self.dpdk))
    plugin.tell(.stop(name: "test"))
    #expect(await plugin.exitCode == 0)
    try regroup(plugin.machine, [42, 43])
    try await plugin.kubelet.restart()
    let code = try await startedAgain(plugin) {
      _ = try #require(await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 2 })
      #expect(await error { try await plugin.kubelet.startContainer("app", ofPod: "a") } == nil)
      #expect(plugin.log.count("environment names old device paths") > 0)
    }
    #expect(code == 0)
    await plugin.kubelet.stop()
  }

  // MARK: Groups

  @Test func `a group that a container has is offered to no other`() async throws {
    let plugin = try RunningPlugin(.watcher, config: Self.config("dpdk"), machine: try machine([44, 44, 45]))
    let view = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 3 })
    #expect(view.options.preferredAllocationAvailable)
    let first = try await plugin.kubelet.allocate(Self.dpdk, ids: [Self.id(0)])
    #expect(first.devices.map(\.hostPath).contains("/dev/vfio/44"))
    let refusal = await error { _ = try await plugin.kubelet.allocate(Self.dpdk, ids: [Self.id(1)]) }
    #expect(refusal?.contains("IOMMU group 44 is in use by 0000:00:01.0") == true, "\(refusal ?? "none")")
    #expect(await plugin.stop() == 0)
  }

  @Test func `siblings are Unhealthy while a pod has the group`() async throws {
    let plugin = try RunningPlugin(.watcher, config: Self.config("dpdk"), machine: try machine([44, 44]))
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    _ = try await plugin.kubelet.admit(pod("a", Self.dpdk))
    #expect(await plugin.sees(Self.dpdk) { $0.allocatable == 1 && $0.capacity == 2 } != nil)
    try plugin.kubelet.delete(podUID: "a")
    #expect(await plugin.sees(Self.dpdk) { $0.allocatable == 2 } != nil)
    #expect(await plugin.stop() == 0)
  }

  // MARK: Claims

  @Test func `what a DRA driver has given out is Unhealthy`() async throws {
    let plugin = try RunningPlugin(.direct, config: Self.config("dpdk"), machine: try machine([42, 43]))
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    let claim = PodResources.Claim(
      name: "nic", namespace: "default",
      devices: [.init(driver: "dra.example.com", pool: "node", device: "pci-0000-00-02-0")])
    _ = try await plugin.kubelet.admit(pod("a", "", claims: [claim]))
    plugin.tell(.reload)
    #expect(await plugin.sees(Self.dpdk) { $0.allocatable == 1 } != nil)
    #expect(plugin.log.count("allocated by DRA driver dra.example.com to pod default/a") > 0)
    try plugin.kubelet.delete(podUID: "a")
    #expect(await plugin.sees(Self.dpdk) { $0.allocatable == 2 } != nil)
    #expect(await plugin.stop() == 0)
  }

  /// kubelet's podresources do not answer for a while, and its checkpoint knows no claims.
  @Test func `a claim stays known while kubelet does not tell of claims`() throws {
    let tree = try machine([42, 43])
    let inventory = tree.read().0
    let (config, _) = PluginConfig.decode(
      Array(Self.config("dpdk").utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let settings = try #require(config)
    let claim = ClaimedDevice(device: Self.id(1), driver: "dra.example.com", pod: "default/a")
    var pools = NodePools()
    func sick(_ uses: PodUses?, at now: Double) -> [String] {
      let partition = pools.partition(inventory, settings, NodeHealth(), uses: uses, at: now)
      pools.take(partition)
      return partition.pools[0].units.filter { $0.health != .healthy }.map(\.id)
    }
    #expect(sick(PodUses(claims: [claim], isCurrent: true), at: 0) == [Self.id(1)])
    #expect(sick(PodUses(), at: 5) == [Self.id(1)], "the checkpoint")
    #expect(sick(nil, at: 10) == [Self.id(1)], "neither")
    #expect(pools.dependsOnUses)
    #expect(sick(PodUses(isCurrent: true), at: 15) == [])
    // An idle node asks again, and changes nothing unless the answer is another one.
    func isConfirmed(_ uses: PodUses?, at now: Double) -> Bool { pools.confirm(uses, at: now) }
    #expect(isConfirmed(PodUses(isCurrent: true), at: 60))
    #expect(!pools.needsAssignments(for: try #require(pools.partition), at: 60.5))
    #expect(!isConfirmed(PodUses(claims: [claim], isCurrent: true), at: 120) && !isConfirmed(nil, at: 120))
  }

  // MARK: Two agents

  @Test func `another resource's device is warned of once, and not offered`() throws {
    let uses = PodUses(units: [HeldUnit(pool: ResourceName(prefix: "other.example", name: "vf"), unit: Self.id(0))])
    let tree = try machine([42, 43])
    let (config, _) = PluginConfig.decode(
      Array(Self.config("dpdk").utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    var warnings = WarningTransitions()
    var pools = NodePools()
    for now in [0.0, 60] {
      let partition = pools.partition(tree.read().0, try #require(config), NodeHealth(), uses: uses, at: now)
      pools.take(partition)
      #expect(partition.pools[0].units.map(\.id) == [Self.id(1)])
      let lines = warnings.new(in: partition)
      #expect(lines.count == (now == 0 ? 1 : 0))
      for line in lines {
        #expect("\(line.message)".contains("another agent serves a device of these pools too"))
        #expect(line.metadata == ["ids": "\(Self.id(0))", "resource": "other.example/vf"])
      }
    }
  }

  @Test func `a warning is logged again when it comes back`() throws {
    let (config, _) = PluginConfig.decode(
      Array(Self.config("dpdk").utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let pools = try #require(config).pools
    var warnings = WarningTransitions()
    for (groups, expected) in [([42, 42], 1), ([42, 42], 0), ([42, 43], 0), ([42, 42], 1)] {
      let inventory = try machine(groups).read().0
      let lines = warnings.new(in: PoolPartition(inventory: inventory, pools: pools))
      #expect(lines.count == expected, "\(groups)")
      for line in lines {
        #expect("\(line.message)" == "devices should not be offered like this")
        #expect(line.metadata["resource"] == "\(Self.dpdk)")
        #expect(line.metadata["ids"] == "\(Self.id(0)),\(Self.id(1))")
      }
    }
  }

  // MARK: Pools that go

  @Test func `a shared pool that is removed keeps its pods alive`() throws {
    let shared = #"{"configList":[{"resourceName":"hca","rdmaHcaMax":4,"selectors":{"vendors":["8086"]}}]}"#
    let tree = try machine([42])
    let inventory = tree.read().0
    func decoded(_ text: String) throws -> PluginConfig {
      try #require(
        PluginConfig.decode(
          Array(text.utf8), file: "c",
          defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any)
        ).0)
    }
    let name = ResourceName(prefix: "rdma", name: "hca")
    let uses = PodUses(units: [HeldUnit(pool: name, unit: "2")], isCurrent: true)
    var pools = NodePools()
    pools.take(pools.partition(inventory, try decoded(shared), NodeHealth(), uses: uses, at: 0))
    let removed = pools.partition(inventory, try decoded(Self.config("dpdk")), NodeHealth(), uses: uses, at: 1)
    pools.take(removed)
    let old = removed.pools.first { $0.name == name }
    #expect(
      old?.units.map(\.health)
        == [.unhealthy(reason: "in use by a pod; the configuration no longer has this pool")])
    #expect(old?.units.map(\.id) == ["2"])
    #expect(removed.pools.first { $0.name != name }?.units.map(\.health) == [.healthy], "a shared pool owns no device")
    let after = pools.partition(
      inventory, try decoded(Self.config("dpdk")), NodeHealth(), uses: PodUses(isCurrent: true), at: 2)
    #expect(after.pools.map(\.name.name) == ["dpdk"])
  }

  @Test func `a renamed pool keeps its pods alive`() async throws {
    let plugin = try RunningPlugin(.direct, config: Self.config("dpdk"), machine: try machine([42, 43]))
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == 2 })
    _ = try await plugin.kubelet.admit(pod("a", Self.dpdk))
    try plugin.config(Self.config("renamed"))
    plugin.tell(.reload)
    #expect(await plugin.sees("intel.com/renamed") { $0.capacity == 1 } != nil)
    let old = await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 1 && $0.allocatable == 0 }
    #expect(old != nil, "kubelet can start the pod's containers again, and no other pod gets the device")
    #expect(await error { try await plugin.kubelet.startContainer("app", ofPod: "a") } == nil)
    try plugin.kubelet.delete(podUID: "a")
    #expect(await plugin.sees("intel.com/renamed") { $0.capacity == 2 } != nil)
    #expect(await plugin.sees(Self.dpdk) { $0.socket == nil } != nil)
    #expect(await plugin.stop() == 0)
  }
}
