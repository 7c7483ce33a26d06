import HostInventory
import KubeletAPI
import KubeletState
import Observability
import ResourcePools
import Testing

@testable import Agent

/// Pod, UB device and endpoint ids together.
@Suite("UB devices in use") struct UBDeviceUseTests {
  private static let name = ResourceName(prefix: "unifiedbus.com", name: "ub_net_device")

  private func device(_ id: String, _ kernelNames: [String], eids: [String] = []) -> Device {
    var device = Device(id: id, bus: .unifiedBus)
    device.unifiedBus = UBDevice(kernelDevices: kernelNames, transportType: 0, isHealthy: true, reason: nil)
    device.unifiedBus?.eids = eids
    return device
  }

  @Test func eachContainerHasALineAndWhatIsOutOfSightIsKnownFromItsAnswer() throws {
    let type = try #require(DeviceTypeCatalog.named("ubNetDevice"))
    let devices = [device("urma_1", ["udma1"], eids: ["4245::1"]), device("urma_2", [])]
    let pool = ResourcePool(
      config: PoolConfig(path: .root, name: Self.name, type: type, selectors: []),
      units: devices.map { Unit(id: $0.id, members: [.init(device: $0, selector: 0)]) })
    let pods = [
      PodResources(
        name: "train", namespace: "batch",
        containers: [.init(name: "app", devices: [.init(resourceName: "\(Self.name)", ids: ["urma_2"])])])
    ]
    let described = ["urma_2": DescribedUBDevice(kernelNames: ["udma2", "bonding_dev_2"], eids: ["4245::2"])]
    let uses = UBDeviceUse.all(in: [pool], pods: pods, described: described)
    #expect(
      uses == [
        UBDeviceUse(resource: "\(Self.name)", device: "urma_1", kernelNames: ["udma1"], eids: ["4245::1"]),
        UBDeviceUse(
          resource: "\(Self.name)", device: "urma_2", kernelNames: ["udma2", "bonding_dev_2"], eids: ["4245::2"],
          namespace: "batch", pod: "train", container: "app"),
      ])
    let inventory = Inventory(devices: devices, nodes: HostNodes(present: [])).completed(by: described)
    #expect(inventory["urma_2"]?.unifiedBus?.eids == ["4245::2"])
    #expect(inventory["urma_1"]?.unifiedBus?.eids == ["4245::1"])
  }
}
