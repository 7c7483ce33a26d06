import HostInventory
import ResourcePools
import Testing

/// Pools of UB devices: what the engine or sysfs names, and the nodes behind it.
@Suite struct UBPoolTests {
  static func machine(nodes: HostNodes = HostNodes(present: [.ummuTID])) -> Inventory {
    func device(_ name: String, _ kernel: [String], transport: Int?, sick: String? = nil) -> Device {
      var device = Device(id: name, bus: .unifiedBus)
      device.driver = "udma"
      device.unifiedBus = UBDevice(
        kernelDevices: kernel, transportType: transport, isHealthy: sick == nil, reason: sick)
      return device
    }
    return Inventory(
      devices: [
        device("urma_1", ["udma1", "udma31", "bonding_dev_1"], transport: 0),
        device("urma_2", ["udma2", "udma32", "bonding_dev_2"], transport: 5, sick: "port down"),
        device("bonding_dev_9", ["udma9"], transport: nil),
      ], nodes: nodes)
  }

  private func pool(_ wanted: Wanted, on machine: Inventory = machine()) throws -> ResourcePool {
    Pools.partition(
      machine, try Pools.config([wanted], name: "ub_net_device", type: "ubNetDevice", prefix: "unifiedbus.com")
    ).pools[0]
  }

  @Test func aContainerGetsThePathsAndTheTranslationNodeOnce() throws {
    let machine = Self.machine()
    let answer = try pool([:]).allocate("urma_1", "bonding_dev_9", on: machine)
    #expect(
      answer.nodes == [
        DeviceNode("/dev/uburma/udma1"), DeviceNode("/dev/uburma/udma31"), DeviceNode("/dev/uburma/bonding_dev_1"),
        DeviceNode("/dev/ummu/tid"), DeviceNode("/dev/uburma/udma9"),
      ])
    #expect(answer.annotations.isEmpty && answer.effects.isEmpty)
    let without = Self.machine(nodes: HostNodes(present: []))
    #expect(try pool([:], on: without).allocate("urma_1", on: without).nodes.count == 3)
  }

  /// This project's definition: the advertised ids, and of each what the kernel and the fabric call it.
  @Test func theContainerLearnsItsDevices() throws {
    let machine = Self.machine().changed { device in
      var device = device
      if device.id == "urma_1" { device.unifiedBus?.eids = ["4245:0000::0001", "$(reboot)"] }
      return device
    }
    let answer = try pool([:], on: machine).allocate("urma_1", "bonding_dev_9", on: machine)
    #expect(
      answer.environment == [
        "PCIDEVICE_UNIFIEDBUS_COM_UB_NET_DEVICE": "urma_1,bonding_dev_9",
        "PCIDEVICE_UNIFIEDBUS_COM_UB_NET_DEVICE_INFO": #"{"bonding_dev_9":{"generic":{"deviceID":"bonding_dev_9"},"#
          + #""ub":{"devices":"udma9","mounts":"/dev/uburma/udma9","tid-mount":"/dev/ummu/tid"}},"#
          + #""urma_1":{"generic":{"deviceID":"urma_1"},"ub":{"devices":"udma1,udma31,bonding_dev_1","#
          + #""eids":"4245:0000::0001","mounts":"/dev/uburma/udma1,/dev/uburma/udma31,/dev/uburma/bonding_dev_1","#
          + #""tid-mount":"/dev/ummu/tid"}}}"#,
      ])
  }

  /// The engine lists it, so that it is on this node: in a pod's namespace, and with the driver out of sight.
  @Test func anEnginesDeviceIsOfferedWhereverItIs() throws {
    let machine = Self.machine().changed { device in
      var device = device
      device.driver = nil
      device.unifiedBus?.isElsewhere = true
      device.unifiedBus?.isListedByEngine = true
      return device
    }
    #expect(try pool([:], on: machine).units.map(\.id) == ["bonding_dev_9", "urma_1", "urma_2"])
    let offered = try pool([:])
    #expect(try offered.allocate("urma_1", on: machine).nodes.count == 4)
  }

  @Test func aSpecKeepsWhatCannotBeDescribedNow() throws {
    let spec = try #require(try pool([:]).cdiSpec(nodes: Self.machine().nodes))
    #expect(spec.devices.map(\.name) == ["bonding_dev_9", "urma_1", "urma_2"])
    let known = try #require(CDISpec(parsing: spec.text, fileName: spec.fileName))
    #expect(known == spec)
    let silent = Self.machine().changed { device in
      var device = device
      device.unifiedBus?.kernelDevices = []
      return device
    }
    let pool = try pool([:], on: silent)
    #expect(pool.cdiSpec(nodes: silent.nodes) == nil)
    #expect(pool.cdiSpec(nodes: silent.nodes, before: known) == spec)
    #expect(CDISpec(parsing: "{", fileName: "f") == nil)
  }

  /// From sysfs: the class of this namespace no longer shows what was moved into a pod's.
  @Test func aDeviceInItsPodsNamespaceIsHealthyAndNobodyElsesIsOffered() throws {
    let machine = Self.machine().changed { device in
      var device = device
      device.driver = nil
      device.unifiedBus?.isElsewhere = true
      return device
    }
    let name = ResourceName(prefix: "unifiedbus.com", name: "ub_net_device")
    let config = try Pools.config(
      [["drivers": ["udma"]]], name: name.name, type: "ubNetDevice", prefix: name.prefix)
    let held = [HeldUnit(pool: name, unit: "urma_1")]
    let pool = PoolPartition(inventory: machine, pools: [config], held: held).pools[0]
    #expect(pool.units.map(\.id) == ["urma_1"])
    #expect(pool["urma_1"]?.health == .healthy)
    #expect(throws: AllocationError.self) { try pool.allocate("urma_1", on: machine) }
    let nobodys = PoolPartition(inventory: machine, pools: [config], held: []).pools[0]
    #expect(nobodys.units.isEmpty)
  }

  @Test func anUnhealthyOneIsListedSoAndRefused() throws {
    let pool = try pool([:])
    #expect(pool["urma_2"]?.health == .unhealthy(reason: "port down"))
    #expect(throws: AllocationError.missing(device: "urma_2", what: "port down")) {
      try pool.allocate("urma_2", on: Self.machine())
    }
  }

  @Test(arguments: ["../sda", "a/b", "", "..", String(repeating: "x", count: 64)])
  func aNodeOutsideUburmaIsRefused(name: String) throws {
    let machine = Self.machine().changed { device in
      var device = device
      device.unifiedBus?.kernelDevices = [name]
      return device
    }
    #expect(throws: AllocationError.self) { try pool([:], on: machine).allocate("urma_1", on: machine) }
  }

  @Test(
    arguments: [
      (["names": ["urma_*"]], ["urma_1", "urma_2"]), (["names": ["urma_?"], "transportTypes": ["ub"]], ["urma_1"]),
      (["transportTypes": ["5"]], ["urma_2"]), (["transportTypes": ["HNS_UB", "0"]], ["urma_1", "urma_2"]),
      (["drivers": ["udma"]], ["bonding_dev_9", "urma_1", "urma_2"]), (["drivers": ["other"]], []),
      (["transportTypes": ["what"]], []),
    ] as [(Wanted, [String])]) func selectors(wanted: Wanted, members: [String]) throws
  {
    #expect(try pool(wanted).units.map(\.id) == members)
  }

  @Test func theHostsBondingDeviceIsNotOffered() throws {
    let machine = Self.machine().changed { device in
      var device = device
      if device.id == "urma_1" { device.unifiedBus?.kernelDevices = ["udma1", "bonding_dev_0"] }
      return device
    }
    #expect(try pool([:], on: machine).units.map(\.id) == ["bonding_dev_9", "urma_2"])
  }

  @Test func theyMoveBeforeTheContainerStarts() throws {
    let types = DeviceTypeCatalog.all.filter { if case .preStart = $0.registration { true } else { false } }
    #expect(types.map(\.name) == ["ubNetDevice"])
  }
}
