import Foundation
import GRPC
import HostInventory
import KubeletAPI
import KubeletSimulator
import KubeletState
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// Pools that the configuration lost while the daemon did not run.
@Suite("Removed pools over a restart", .timeLimit(.minutes(3)))
struct RetiredPoolTests {
  private static let dpdk = "intel.com/dpdk"
  private static let renamed = "intel.com/renamed"

  private static func id(_ number: Int) -> String { "0000:00:0\(number + 1).0" }

  /// Two functions on vfio-pci.
  private static func machine() throws -> MachineTree {
    let lines = (0..<2).flatMap { number in
      let home = "sys/devices/pci0000:00/\(id(number))"
      return [
        "link sys/bus/pci/devices/\(id(number)) -> ../../../\(home.dropFirst(4))",
        "file \(home)/modalias pci:v00008086d00001889sv00008086sd00000000bc02sc00i00",
        "link \(home)/driver -> ../../../bus/pci/drivers/vfio-pci",
        "link \(home)/iommu_group -> ../../../kernel/iommu_groups/\(42 + number)",
      ]
    }
    return try MachineTree(text: "machine two functions\n" + lines.map { $0 + "\n" }.joined())
  }

  /// With a pool that has no device and keeps its name: a daemon knows its record by it.
  private static func config(_ name: String, _ functions: [Int] = [0, 1]) -> String {
    let kept = pool("kept", [5])
    return #"{"resourceList":[\#(pool(name, functions)),\#(kept)]}"#
  }

  private static func pool(_ name: String, _ functions: [Int]) -> String {
    let addresses = functions.map { "\"\(id($0))\"" }.joined(separator: ",")
    return #"{"resourceName":"\#(name)","selectors":{"pciAddresses":[\#(addresses)]}}"#
  }

  private func pod(_ uid: String, _ resource: String) -> Pod {
    let request = ResourceRequest(resource: resource, count: 1)
    return Pod(uid: uid, name: uid, containers: [.init(name: "app", requests: [request])])
  }

  /// A daemon beside or after the one of `plugin`, until `use` is done.
  private func running(
    _ plugin: RunningPlugin, _ options: Options, _ use: () async throws -> Void
  ) async throws {
    let queue = CompletionQueue()
    defer { queue.shutdown() }
    let (events, signals) = AsyncStream.makeStream(of: Signals.Event.self)
    let task = Task { [log = plugin.log.logger] in
      await Agent.run(options, signals: events, queue: queue, log: log)
    }
    let result: Result<Void, any Error>
    do { result = .success(try await use()) } catch { result = .failure(error) }
    signals.yield(.stop(name: "test"))
    #expect(await task.value == 0)
    try result.get()
  }

  private func record(of plugin: RunningPlugin) -> String {
    let directory = "\(plugin.options.kubelet.devicePlugins)/devicepool"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    // Not those that are being written.
    return names.filter { !$0.hasPrefix(".") }
      .compactMap { try? String(contentsOfFile: "\(directory)/\($0)", encoding: .utf8) }.joined()
  }

  /// A daemon that served `dpdk` with a pod on its first function, and has ended; its configuration has `renamed` now.
  private func ended(_ mode: RegistrationMode.Choice, _ functions: [Int] = [0, 1]) async throws -> RunningPlugin {
    let plugin = try RunningPlugin(
      mode, config: Self.config("dpdk", functions), kubeletRuns: false, machine: try Self.machine())
    for directory in [plugin.options.kubelet.devicePlugins, plugin.options.kubelet.pluginsRegistry] {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
    try plugin.kubelet.start()
    _ = try #require(await plugin.sees(Self.dpdk) { $0.allocatable == functions.count })
    _ = try await plugin.kubelet.admit(pod("a", Self.dpdk))
    #expect(await eventually { record(of: plugin).contains(#""resourceName":"dpdk","resourcePrefix":"intel.com""#) })
    plugin.tell(.stop(name: "test"))
    #expect(await plugin.exitCode == 0)
    _ = try #require(await plugin.sees(Self.dpdk) { $0.socket == nil })
    try plugin.config(Self.config("renamed"))
    return plugin
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func `a pool that is renamed while the daemon does not run keeps its pods alive`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let plugin = try await ended(mode)
    try await running(plugin, plugin.options) {
      #expect(await plugin.sees(Self.renamed) { $0.capacity == 1 } != nil, "the pod's device is not offered anew")
      let old = await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 1 && $0.allocatable == 0 }
      #expect(old != nil, "kubelet has an endpoint for the pod's containers")
      try await plugin.kubelet.startContainer("app", ofPod: "a")
      #expect(plugin.log.count("the configuration no longer has this pool") > 0)
    }
    _ = try #require(await plugin.sees(Self.dpdk) { $0.socket == nil })
    // Once more: what was removed an earlier time is not forgotten.
    try await running(plugin, plugin.options) {
      #expect(await plugin.sees(Self.dpdk) { $0.socket != nil && $0.capacity == 1 && $0.allocatable == 0 } != nil)
      try plugin.kubelet.delete(podUID: "a")
      #expect(await plugin.sees(Self.renamed) { $0.capacity == 2 } != nil)
      #expect(await plugin.sees(Self.dpdk) { $0.socket == nil } != nil)
    }
    await plugin.kubelet.stop()
  }

  @Test func `a resource that another plugin serves is left to it`() async throws {
    let plugin = try await ended(.direct, [0])
    // Its socket is in another directory, so only kubelet tells of it.
    try Self.config("dpdk", [1]).write(toFile: plugin.directory["other.json"], atomically: true, encoding: .utf8)
    var options = plugin.options
    options.configFiles = [plugin.directory["other.json"]]
    options.registration = .watcher
    try await running(plugin, options) {
      #expect(await plugin.sees(Self.dpdk) { $0.socket != nil && $0.allocatable == 1 } != nil)
      try await running(plugin, plugin.options) {
        #expect(await plugin.sees(Self.renamed) { $0.capacity > 0 } != nil)
        #expect(await eventually { plugin.log.count("and another plugin serves it") > 0 })
        let view = await plugin.sees(Self.dpdk)
        #expect(view?.allocatable == 1 && view?.socket?.contains("plugins_registry") == true)
      }
    }
    for resource in [Self.dpdk, Self.renamed] {
      _ = try #require(await plugin.sees(resource) { $0.socket == nil })
    }
    // It has ended: the pod's resource has an endpoint again as soon as kubelet has written that down.
    try await running(plugin, plugin.options) {
      _ = try #require(await plugin.sees(Self.renamed) { $0.socket != nil && $0.allocatable == 1 })
      _ = try await plugin.kubelet.admit(pod("b", Self.renamed))
      let view = await plugin.kubelet.view(within: .seconds(40)) { view in
        view[Self.dpdk].map { $0.socket != nil && $0.allocatable == 0 } ?? false
      }
      #expect(view != nil)
      try await plugin.kubelet.startContainer("app", ofPod: "a")
    }
    await plugin.kubelet.stop()
  }

  @Test func `daemons with configurations at the same path have a record each`() async throws {
    let plugin = try await ended(.direct, [0])
    func record() -> PoolRecord { PoolRecord(plugin.options, isRehearsal: false, log: plugin.log.logger) }
    func config(_ name: String) throws -> PluginConfig {
      let (config, problems) = PluginConfig.decode(
        Array(#"{"resourceList":[\#(Self.pool(name, [0]))]}"#.utf8), file: "c",
        defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
      return try #require(config, "\(problems)")
    }
    // Nobody serves `dpdk`, and there is no other file: it is that of a daemon whose pools were all renamed.
    let first = record()
    #expect(first.read(beside: try config("renamed")).map(\.name.name) == ["dpdk", "kept"])
    first.keep(try config("renamed").pools)
    #expect(await eventually { self.record(of: plugin).contains("renamed") })
    // Another daemon serves it now.
    let socket = try #require(try? listening(at: "\(plugin.options.kubelet.devicePlugins)/intel.com_renamed.sock"))
    let second = record()
    #expect(second.read(beside: try config("other")).isEmpty)
    second.keep(try config("other").pools)
    #expect(await eventually { self.record(of: plugin).contains("other") })
    #expect(record().read(beside: try config("renamed")).map(\.name.name) == ["renamed"])
    #expect(record().read(beside: try config("other")).map(\.name.name) == ["other"])
    // One whose configuration is at another path, of which this one's is a continuation.
    var elsewhere = plugin.options
    elsewhere.configFiles = [String(plugin.options.configFiles[0].dropLast(".json".count))]
    let third = PoolRecord(elsewhere, isRehearsal: false, log: plugin.log.logger)
    #expect(third.read(beside: try config("renamed")).isEmpty)
    close(socket)
    await plugin.kubelet.stop()
  }

  /// A descriptor that listens on a socket file.
  private func listening(at path: String) throws -> Int32 {
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0 && listen(socket, 4) == 0)
    return socket
  }

  @Test func `a record that cannot be used is told of, and the daemon serves`() async throws {
    let plugin = try await ended(.direct)
    let directory = "\(plugin.options.kubelet.devicePlugins)/devicepool"
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      try "{".write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
    }
    try await running(plugin, plugin.options) {
      #expect(await plugin.sees(Self.renamed) { $0.capacity == 1 } != nil)
      #expect(plugin.log.count("the pools of the last run are not known") == 1)
      #expect(await eventually { record(of: plugin).contains("renamed") })
    }
    await plugin.kubelet.stop()
  }

  // MARK: Which pools are kept

  private func decoded(_ text: String) throws -> PluginConfig {
    let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any)
    return try #require(PluginConfig.decode(Array(text.utf8), file: "c", defaults: defaults).0)
  }

  /// After a reboot kubelet lists no pods for a while.
  @Test func `a pod that kubelet lists late has its pool, and one of hours later has not`() throws {
    let inventory = try Self.machine().read().0
    let (old, new) = (try decoded(Self.config("dpdk")), try decoded(Self.config("renamed")))
    let held = PodUses(units: [HeldUnit(pool: ResourceName(prefix: "intel.com", name: "dpdk"), unit: Self.id(0))])
    func pools(late: Double) -> (last: [String], remembered: [String]) {
      var pools = NodePools(remembering: old.pools)
      var last: [String] = []
      for (uses, now) in [(PodUses(isCurrent: true), 0), (held, late)] {
        let partition = pools.partition(inventory, new, NodeHealth(), uses: uses, at: now)
        pools.take(partition)
        last = partition.pools.map(\.name.name)
        // The next turn comes a minute later at the latest.
        for later in stride(from: now, to: min(now + 3000, late), by: 55) where now < late {
          pools.take(pools.partition(inventory, new, NodeHealth(), uses: uses, at: later))
        }
      }
      return (last, pools.worthRemembering(new).map(\.name.name))
    }
    #expect(pools(late: 300) == (["renamed", "kept", "dpdk"], ["renamed", "kept", "dpdk"]))
    #expect(pools(late: 900) == (["renamed", "kept"], ["renamed", "kept"]))
  }
}
