import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

@Suite("A configuration that changes while the daemon runs", .timeLimit(.minutes(2)))
struct ReloadTests {
  /// One accelerator for each pool.
  private static func machine(_ count: Int) throws -> MachineTree {
    var lines = ["machine \(count) accelerators"]
    for number in 0..<count {
      let address = address(number)
      let path = "sys/devices/pci0000:\(address.dropFirst(5).prefix(2))/\(address)"
      lines += [
        "link sys/bus/pci/devices/\(address) -> ../../../devices/\(path.dropFirst("sys/devices/".count))",
        "file \(path)/modalias pci:v00008086d00000D5Csv00008086sd00000000bc12sc00i00",
        "link \(path)/driver -> ../../../bus/pci/drivers/vfio-pci",
        "link \(path)/iommu_group -> ../../../kernel/iommu_groups/\(number)",
      ]
    }
    return try MachineTree(text: lines.joined(separator: "\n") + "\n")
  }

  private static func address(_ number: Int) -> String { "0000:\(String(16 + number, radix: 16)):00.0" }

  private static func pool(_ number: Int, name: String? = nil, more: String = "") -> String {
    """
    {"resourceName":"\(name ?? "fec\(number)")","deviceType":"accelerator"\(more),
     "selectors":{"pciAddresses":["\(address(number))"]}}
    """
  }

  private static func config(_ pools: [String]) -> String { "{\"resourceList\":[\(pools.joined(separator: ","))]}" }

  private static let twenty = (0..<20).map { pool($0) }

  /// A daemon with twenty pools, all of them watched by kubelet.
  private func twentyPools(_ registration: RegistrationMode.Choice) async throws -> RunningPlugin {
    let plugin = try RunningPlugin(registration, config: Self.config(Self.twenty), machine: try Self.machine(20))
    let view = await plugin.kubelet.view(within: .seconds(30)) { view in
      (0..<20).allSatisfy { view["intel.com/fec\($0)"].map { $0.allocatable == 1 && $0.socket != nil } ?? false }
    }
    try #require(view != nil)
    return plugin
  }

  /// Registrations, streams and lists that kubelet has counted, by resource, without those of `resource`.
  private func counters(_ plugin: RunningPlugin, without resource: String) -> [String: [Int]] {
    let view = plugin.kubelet.view
    return Dictionary(
      uniqueKeysWithValues: (0..<20).map { "intel.com/fec\($0)" }.filter { $0 != resource }.map { name in
        (name, view[name].map { [$0.registrations, $0.streamsOpened, $0.listsReceived, $0.allocatable] } ?? [])
      })
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func oneRenamedPoolOfTwentyKeepsNineteenStreamsOpen(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try await twentyPools(registration)
    let before = counters(plugin, without: "intel.com/fec7")
    var pools = Self.twenty
    pools[7] = Self.pool(7, name: "renamed")
    try plugin.config(Self.config(pools))
    #expect(await plugin.sees("intel.com/renamed") { $0.allocatable == 1 } != nil)
    #expect(await eventually { plugin.kubelet.view["intel.com/fec7"]?.socket == nil })
    #expect(counters(plugin, without: "intel.com/fec7") == before)
    #expect(before.count == 19 && before.values.allSatisfy { $0 == [1, 1, 1, 1] })
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func aPoolWithOtherDevicesKeepsItsStreamToo(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try await twentyPools(registration)
    let before = counters(plugin, without: "intel.com/fec7")
    var pools = Self.twenty
    pools[7] = Self.pool(7, more: ",\"replicas\":3")
    try plugin.config(Self.config(pools))
    let changed = try #require(await plugin.sees("intel.com/fec7") { $0.allocatable == 3 })
    #expect(changed.registrations == 1 && changed.streamsOpened == 1)
    #expect(counters(plugin, without: "intel.com/fec7") == before)
    #expect(await plugin.stop() == 0)
  }

  /// kubelet asks for an endpoint's options once: a preference that comes needs a new registration, of that pool alone.
  @Test func aPoolThatGetsAPreferenceRegistersAnewAlone() async throws {
    let plugin = try await twentyPools(.watcher)
    let before = counters(plugin, without: "intel.com/fec7")
    var pools = Self.twenty
    pools[7] = Self.pool(7, more: ",\"preferredAllocation\":\"packed\"")
    try plugin.config(Self.config(pools))
    let changed = try #require(
      await plugin.sees("intel.com/fec7") { $0.registrations == 2 && $0.allocatable == 1 })
    #expect(changed.options.preferredAllocationAvailable)
    #expect(counters(plugin, without: "intel.com/fec7") == before)
    #expect(await plugin.stop() == 0)
  }

  // MARK: The ways of writing the file

  private static let one = config([pool(0)])
  private static let other = config([pool(0, name: "other")])

  private func starts(at path: @escaping (TemporaryDirectory) throws -> String) async throws -> (
    RunningPlugin, TemporaryDirectory
  ) {
    let directory = try TemporaryDirectory()
    let file = try path(directory)
    let plugin = try RunningPlugin(.watcher, machine: try Self.machine(1)) { $0.configFiles = [file] }
    try #require(await plugin.sees("intel.com/fec0") { $0.allocatable == 1 } != nil)
    return (plugin, directory)
  }

  private static func plainFile(in directory: TemporaryDirectory) throws -> String {
    try one.write(toFile: directory["c.json"], atomically: false, encoding: .utf8)
    return directory["c.json"]
  }

  private func expectsOther(_ plugin: RunningPlugin) async {
    #expect(await plugin.sees("intel.com/other") { $0.allocatable == 1 } != nil)
    #expect(await plugin.stop() == 0)
  }

  /// As kubelet updates a ConfigMap: a new directory, and `..data` renamed over the old link.
  @Test func aConfigMapIsSwapped() async throws {
    let files = FileManager.default
    func version(_ name: String, _ text: String, in directory: TemporaryDirectory) throws {
      try files.createDirectory(atPath: directory[name], withIntermediateDirectories: true)
      try text.write(toFile: directory["\(name)/config.json"], atomically: false, encoding: .utf8)
    }
    let (plugin, directory) = try await starts { directory in
      try version("..2026_11_21_1", Self.one, in: directory)
      try files.createSymbolicLink(atPath: directory["..data"], withDestinationPath: "..2026_11_21_1")
      try files.createSymbolicLink(atPath: directory["config.json"], withDestinationPath: "..data/config.json")
      return directory["config.json"]
    }
    try version("..2026_11_21_2", Self.other, in: directory)
    try files.createSymbolicLink(atPath: directory["..data_tmp"], withDestinationPath: "..2026_11_21_2")
    #expect(rename(directory["..data_tmp"], directory["..data"]) == 0)
    try files.removeItem(atPath: directory["..2026_11_21_1"])
    await expectsOther(plugin)
  }

  @Test func aFileIsRenamedIntoPlace() async throws {
    let (plugin, directory) = try await starts(at: Self.plainFile)
    try Self.other.write(toFile: directory["c.json.new"], atomically: false, encoding: .utf8)
    #expect(rename(directory["c.json.new"], directory["c.json"]) == 0)
    await expectsOther(plugin)
  }

  @Test func aFileIsWrittenInPlace() async throws {
    let (plugin, directory) = try await starts(at: Self.plainFile)
    try Self.other.write(toFile: directory["c.json"], atomically: false, encoding: .utf8)
    await expectsOther(plugin)
  }

  /// A link's target in a directory that nobody watches.
  @Test func aHangUpReadsTheFileAgain() async throws {
    let elsewhere = try TemporaryDirectory()
    let (plugin, directory) = try await starts { directory in
      try Self.one.write(toFile: elsewhere["real.json"], atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: directory["c.json"], withDestinationPath: elsewhere["real.json"])
      return directory["c.json"]
    }
    try Self.other.write(toFile: elsewhere["real.json"], atomically: false, encoding: .utf8)
    plugin.tell(.reload)
    await expectsOther(plugin)
    withExtendedLifetime(directory) {}
  }

  @Test func aBadFileChangesNothingIsReportedAndRetriedWhenItChanges() async throws {
    let plugin = try RunningPlugin(.watcher, config: Self.one, machine: try Self.machine(1))
    let before = try #require(await plugin.sees("intel.com/fec0") { $0.allocatable == 1 })
    try plugin.config("{\"resourceList\": [{\"resourceName\": \"a.b\", \"selectors\": {}}]}")
    #expect(
      await eventually { plugin.log.count("the new configuration can't be used; the running one stays") == 1 })
    #expect(plugin.log.count("error", "config.json:1:", "resourceList[0].resourceName") == 1, "\(plugin.log.all)")
    #expect(plugin.kubelet.view["intel.com/fec0"] == before)
    try plugin.config("{\"resourceList\": [")
    #expect(
      await eventually { plugin.log.count("the new configuration can't be used; the running one stays") == 2 })
    #expect(plugin.kubelet.view["intel.com/fec0"] == before)
    try plugin.config(Self.other)
    await expectsOther(plugin)
  }
}
