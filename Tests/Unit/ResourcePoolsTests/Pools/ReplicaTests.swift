import HostInventory
import ResourcePools
import Testing

/// `replicas`: one device under several ids.
@Suite struct ReplicaTests {
  @Test func everyDeviceIsAdvertisedSeveralTimes() throws {
    var config = try Pools.config([["drivers": ["vfio-pci"]]])
    config.replicas = 2
    let pool = Pools.partition(Machines.mixed, config).pools[0]
    #expect(pool.units.map(\.id) == ["0000:01:02.1::0", "0000:01:02.1::1", "0000:01:02.2::0", "0000:01:02.2::1"])
    let answer = try pool.allocate("0000:01:02.1::1", on: Machines.mixed, cdi: .both)
    #expect(answer.environment["PCIDEVICE_INTEL_COM_A"] == "0000:01:02.1")
    #expect(answer.info.hasPrefix(#"{"0000:01:02.1":"#))
    #expect(answer.deviceInfo.map(\.fileName) == ["intel.com-a-0000:01:02.1::1-device.json"])
    #expect(answer.cdiNames == ["intel.com/net-pci=0000:01:02.1"])
    #expect(pool.cdiSpec(nodes: Machines.nodes)?.devices.map(\.name) == ["0000:01:02.1", "0000:01:02.2"])
    #expect(throws: AllocationError.self) { try pool.allocate("0000:01:02.1", on: Machines.mixed) }
  }
}
