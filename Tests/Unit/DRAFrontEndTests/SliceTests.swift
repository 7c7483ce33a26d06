import DRAFrontEnd
import HostInventory
import JSONText
import ResourcePools
import TestSupport
import Testing

@Suite("ResourceSlices") struct SliceTests {
  @Test func everyRecordedMachineGivesSlicesThatTheServerTakes() throws {
    let config = """
      {"resourceList":[
        {"resourceName":"net_dpdk","selectors":{"drivers":["vfio-pci"]}},
        {"resourceName":"NET","selectors":{}},
        {"resourceName":"fec","deviceType":"accelerator","replicas":7,"selectors":{}},
        {"resourceName":"sf","deviceType":"auxNetDevice","selectors":{"auxTypes":["sf"]}}],
       "configList":[{"resourceName":"hca_shared","rdmaHcaMax":9,"selectors":{"linkTypes":["ether","infiniband"]}}]}
      """
    var devices = 0
    for machine in try MachineTree.names {
      for pool in try Pools.published(config, on: machine) {
        for slice in ResourceSlice.all(of: pool, driver: .standard, node: "node1") {
          #expect(SliceCheck.faults(of: slice.json(generation: 1)) == [], "\(machine)")
          devices += slice.devices.count
        }
      }
    }
    #expect(devices > 50)
  }

  @Test func attributesOfAVirtualFunction() throws {
    let pools = try Pools.published(
      #"{"resourceList":[{"resourceName":"sriov_net","selectors":{"drivers":["iavf"],"pfNames":["ens1f0"]}}]}"#,
      on: "intel-e810-x710")
    let pool = try #require(pools.first)
    #expect(pool.name == "node1/intel.com/sriov-net")
    let entry = try #require(pool.devices.first)
    #expect(entry.device.name == "0000-3b-01-0")
    #expect(entry.unit == "0000:3b:01.0" && entry.deviceID == entry.unit)
    let values = Dictionary(uniqueKeysWithValues: entry.device.attributes.map { ($0.name, $0.value) })
    #expect(
      values == [
        "k8s.cni.cncf.io/resourceName": .string("intel.com/sriov_net"),
        "k8s.cni.cncf.io/deviceID": .string("0000:3b:01.0"),
        "resource.kubernetes.io/pciBusID": .string("0000:3b:01.0"),
        "resource.kubernetes.io/pcieRoot": .string("pci0000:3a"), "resource.kubernetes.io/numaNode": .int(0),
        "deviceType": .string("netDevice"), "vendor": .string("8086"), "device": .string("1889"),
        "driver": .string("iavf"), "pfAddress": .string("0000:3b:00.0"), "pfName": .string("ens1f0"),
        "linkType": .string("ether"), "functionIndex": .int(0), "ddpProfile": .string("ICE OS Default Package"),
      ])
  }

  @Test func topologyThatIsExcludedIsNotPublished() throws {
    let pools = try Pools.published(
      #"{"resourceList":[{"resourceName":"n","excludeTopology":true,"selectors":{"drivers":["iavf"]}}]}"#,
      on: "intel-e810-x710")
    let names = try #require(pools.first?.devices.first).device.attributes.map(\.name)
    #expect(!names.contains("resource.kubernetes.io/numaNode"))
  }

  /// The NPUs of one card share the switch, those of two cards do not.
  @Test func cardsAreToldApartByTheirSwitch() throws {
    let pools = try Pools.published(
      #"{"resourceList":[{"resourceName":"ATOM","deviceType":"accelerator","selectors":{"vendors":["1eff"]}}]}"#,
      on: "rebellions-ca25-cards")
    let pool = try #require(pools.first)
    #expect(pool.name == "node1/intel.com/atom")
    let switches = pool.devices.map { entry in entry.device.attributes.first { $0.name == "pcieSwitch" }?.value }
    #expect(switches.count == 12 || switches.count == 16)
    #expect(Set(switches.prefix(4).map { "\(String(describing: $0))" }).count == 1)
    #expect(switches[0] != nil && switches[0] != switches[4])
  }

  @Test func replicasAreOneDeviceWithSlots() throws {
    let pools = try Pools.published(
      #"{"resourceList":[{"resourceName":"fec","deviceType":"accelerator","replicas":3,"selectors":{}}]}"#,
      on: "intel-e810-x710")
    let pool = try #require(pools.first)
    #expect(!pool.devices.isEmpty)
    for entry in pool.devices { #expect(entry.device.slots == 3 && entry.unit.hasSuffix("::0")) }
    #expect(Set(pool.devices.map(\.device.name)).count == pool.devices.count)
  }

  @Test func aSharedPoolIsOneDevice() throws {
    let pools = try Pools.published(
      #"{"configList":[{"resourceName":"hca_shared_devices_a","rdmaHcaMax":64,"selectors":{"linkTypes":["ether"]}}]}"#,
      on: "connectx6-switchdev-infiniband")
    let pool = try #require(pools.first)
    #expect(pool.devices.map(\.device.name) == ["hca-shared-devices-a"])
    let device = try #require(pool.devices.first?.device)
    #expect(
      device.json.text().contains(
        #""capacity":{"slots":{"value":"64","requestPolicy":{"default":"1","validValues":["1"]}}}"#))
    #expect(device.json.text().contains(#""allowMultipleAllocations":true"#))
  }

  @Test(arguments: [(0, 1), (1, 1), (64, 1), (65, 2), (300, 5)])
  func atMostSixtyFourDevices(_ devices: Int, _ slices: Int) throws {
    let all = ResourceSlice.all(of: try Pools.large(devices, sick: 0), driver: .standard, node: "node1")
    #expect(all.count == slices)
    #expect(all.map(\.index) == Array(0..<slices))
    #expect(all.allSatisfy { $0.count == slices && $0.devices.count <= 64 })
    #expect(all.flatMap(\.devices).count == devices)
    #expect(all.flatMap(\.devices).map(\.name) == (try Pools.large(devices)).devices.map(\.device.name))
    for slice in all { #expect(SliceCheck.faults(of: slice.json(generation: 1)) == []) }
  }

  @Test func aSickDeviceHasATaint() throws {
    let pool = try Pools.large(3, sick: 1)
    #expect(pool.devices.map { $0.device.taint == nil } == [true, false, true])
    #expect(
      pool.devices[1].device.taint?.json.text()
        == #"{"key":"devicepool/unhealthy","value":"link-ens1f0-has-no-carrier","effect":"NoSchedule"}"#)
  }

  @Test func theSameHostGivesTheSameSlices() throws {
    let config = #"{"resourceList":[{"resourceName":"net","selectors":{}}]}"#
    for machine in try MachineTree.names {
      let texts = try (0..<2).map { _ in
        try Pools.published(config, on: machine).flatMap {
          ResourceSlice.all(of: $0, driver: .standard, node: "n").map { $0.json(generation: 1).text() }
        }
      }
      #expect(texts[0] == texts[1])
    }
  }
}
