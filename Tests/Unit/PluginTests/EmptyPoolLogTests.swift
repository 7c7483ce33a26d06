import DevicePluginFrontEnd
import Foundation
import HostInventory
import KubeletSimulator
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Agent

/// The log is what people look at first: it says why a pool has no device, and which devices come and go.
@Suite("What the log says of pools", .timeLimit(.minutes(1)))
struct EmptyPoolLogTests {
  private static let message = "the pool has no device"

  @Test func onceAtStartWithTheStageAndTheRemedy() async throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/Cases/silent-empty-pool")
    let config = try String(contentsOf: folder.appendingPathComponent("config.json"), encoding: .utf8)
    let plugin = try RunningPlugin(.direct, config: config) { options in
      options.hostRoot = folder.appendingPathComponent("machine.tree").path
    }
    #expect(await eventually { plugin.log.all(Self.message).count == 1 })
    let line = try #require(plugin.log.all(Self.message).first)
    #expect(line.level == .warning)
    #expect(line.metadata["resource"] == "rdma/hca_shared_devices_a")
    #expect(line.metadata["reason"]?.contains("rdma nodes: no rdma_cm") == true, "\(line)")
    #expect(line.metadata["advice"] == "load rdma_ucm")
    plugin.tell(.reload)
    #expect(await eventually { plugin.log.count("configuration read again") == 1 })
    #expect(await plugin.stop() == 0)
    #expect(plugin.log.all(Self.message).count == 1, "nothing is said twice")
  }

  @Test func whenTheLastDeviceGoes() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees("rebellions.ai/passthrough") { $0.allocatable == 1 } != nil)
    #expect(plugin.log.all(Self.message).isEmpty)
    // Another driver: the pool's only device leaves it.
    let link = plugin.machine.place("sys/bus/pci/devices/0000:b8:00.0/driver")
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "../../../bus/pci/drivers/rebellions")
    plugin.tell(.reload)
    #expect(await eventually { plugin.log.count(Self.message, "rebellions.ai/passthrough", "drivers: saw") == 1 })
    #expect(await plugin.stop() == 0)
  }

  @Test func changedDevicesAreNamed() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees("rebellions.ai/ATOM") { $0.allocatable == 3 } != nil)
    let config = RunningPlugin.npus.replacingOccurrences(
      of: "\"drivers\": [\"rebellions\"]", with: "\"drivers\": [\"rebellions\"], \"pciAddresses\": [\"0000:b6:00.0\"]")
    try plugin.config(config)
    plugin.tell(.reload)
    #expect(await plugin.sees("rebellions.ai/ATOM") { $0.allocatable == 1 } != nil)
    let line = try #require(plugin.log.all("devices changed").first)
    #expect(line.metadata["removed"] == "0000:b7:00.1,0000:b7:00.2", "\(line)")
    #expect(line.metadata["added"] == nil)
    #expect(await plugin.stop() == 0)
  }

  @Test func eachPoolOnceUntilItHasADevice() throws {
    func partition(_ count: Int) throws -> PoolPartition {
      let (config, _) = PluginConfig.decode(
        Array(#"{"resourceList":[{"resourceName":"a","selectors":{"vendors":["8086"]}}]}"#.utf8), file: "c",
        defaults: ConfigDefaults(resourcePrefix: "x.io", strictUnknownKeys: false, node: .any))
      let devices = try (0..<count).map { number in
        let address = try #require(PCIAddress("0000:3b:00.\(number)"))
        var device = Device(id: "\(address)", bus: .pci(address), vendor: 0x8086, product: 1, classCode: 0x020000)
        device.driver = "ice"
        return device
      }
      return PoolPartition(
        inventory: Inventory(devices: devices, nodes: HostNodes(present: [])), pools: config?.pools ?? [])
    }
    var warnings = EmptyPoolWarnings()
    #expect(warnings.fresh(in: try partition(0)).count == 1)
    #expect(warnings.fresh(in: try partition(0)).isEmpty)
    #expect(warnings.fresh(in: try partition(1)).isEmpty)
    #expect(
      warnings.fresh(in: try partition(0)).map(\.reason) == ["this host has no device for pools of type netDevice"])
  }
}
