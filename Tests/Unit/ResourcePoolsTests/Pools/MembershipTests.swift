import HostInventory
import ResourcePools
import Testing

/// Which devices a pool has: discovery rules and selectors, one row each.
@Suite struct MembershipTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let what: String
    var type = "netDevice"
    let selectors: [Wanted]
    let members: [String]
    var testDescription: String { what }
  }

  static let rows: [Row] = [
    Row(
      what: "everything: no PF with VFs, nothing unbound, no other class; a default route keeps nobody out",
      selectors: [[:]],
      members: [
        "0000:01:02.0", "0000:01:02.1", "0000:01:02.2", "0000:01:02.3", "0000:02:00.0", "0000:03:00.0",
      ]),
    Row(what: "device id of PFs", selectors: [["devices": ["1572"]]], members: ["0000:02:00.0"]),
    Row(
      what: "accelerators are another list", type: "accelerator", selectors: [["vendors": ["8086"]]],
      members: ["0000:04:00.0"]),
    Row(
      what: "accelerators by acpi index", type: "accelerator", selectors: [["acpiIndexes": ["77"]]], members: []),
    Row(what: "acpi index", selectors: [["acpiIndexes": ["101"]]], members: ["0000:01:02.0"]),
    Row(
      what: "no acpi index", selectors: [["acpiIndexes": [""], "drivers": ["vfio-pci"]]],
      members: ["0000:01:02.1", "0000:01:02.2"]),
    Row(
      what: "subfunctions know no acpiIndexes", type: "auxNetDevice",
      selectors: [["auxTypes": ["sf"], "acpiIndexes": ["999"], "drivers": ["mlx5_core"]]],
      members: ["mlx5_core.sf.2", "mlx5_core.sf.3"]),
    Row(
      what: "subfunctions by their parent's name and sfnum", type: "auxNetDevice",
      selectors: [["auxTypes": ["sf"], "pfNames": ["P0#88"]]], members: ["mlx5_core.sf.2"]),
    Row(
      what: "subfunctions by their parent's address", type: "auxNetDevice",
      selectors: [["auxTypes": ["sf"], "rootDevices": ["0000:03:00.0#89"]]], members: ["mlx5_core.sf.3"]),
    Row(
      what: "subfunctions without RDMA", type: "auxNetDevice", selectors: [["auxTypes": ["sf"], "isRdma": true]],
      members: []),
    Row(what: "vendor with 0x", selectors: [["vendors": ["0x8086"]]], members: []),
    Row(what: "device in capitals", selectors: [["devices": ["154C"]]], members: []),
    Row(what: "driver in capitals", selectors: [["drivers": ["IAVF"]]], members: []),
    Row(what: "address without domain", selectors: [["pciAddresses": ["01:02.0"]]], members: []),
    Row(what: "address", selectors: [["pciAddresses": ["0000:01:02.3"]]], members: ["0000:01:02.3"]),
    Row(
      what: "an empty list asks for nothing", selectors: [["vendors": [], "drivers": ["iavf"]]],
      members: ["0000:01:02.0"]),
    Row(
      what: "link type of the PF where there is no netdev", selectors: [["linkTypes": ["ether"], "devices": ["154c"]]],
      members: ["0000:01:02.0", "0000:01:02.1", "0000:01:02.2", "0000:01:02.3"]),
    Row(
      what: "two link types are alternatives",
      selectors: [["linkTypes": ["ether", "infiniband"], "vendors": ["15b3"]]],
      members: ["0000:03:00.0"]),
    Row(what: "another link type", selectors: [["linkTypes": ["infiniband"]]], members: []),
    Row(what: "no link type, where all have one", selectors: [["linkTypes": [""]]], members: []),
    Row(what: "DDP profile that nobody tells", selectors: [["ddpProfiles": ["x"]]], members: []),
    Row(what: "DDP profile: the empty one is none", selectors: [["ddpProfiles": [""]]], members: []),
    Row(what: "partition key on Ethernet", selectors: [["pKeys": ["0xffff"]]], members: []),
    Row(what: "RDMA", selectors: [["vendors": ["15b3"], "isRdma": true]], members: ["0000:03:00.0"]),
    Row(
      what: "isRdma false asks for nothing", selectors: [["vendors": ["15b3"], "isRdma": false]],
      members: ["0000:03:00.0"]),
    Row(what: "vdpaType that does not exist", selectors: [["vdpaType": "foo"]], members: []),
    Row(what: "vdpaType without vDPA device", selectors: [["vdpaType": "vhost"]], members: []),
    Row(
      what: "RDMA or vDPA, in two objects", selectors: [["isRdma": true], ["vdpaType": "vhost"]],
      members: ["0000:03:00.0"]),
    Row(what: "a vendor that nothing has", selectors: [["vendors": ["ffff"]]], members: []),
  ]

  @Test(arguments: rows) func membersOfTheMixedHost(row: Row) throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config(row.selectors, type: row.type)).pools[0]
    #expect(pool.units.map(\.id) == row.members)
  }

  @Test func aPFWithoutVFsAndOneBoundToVFIOAreOffered() throws {
    var idle = Machines.network("0000:01:00.0", 0x8086, 0x1572, driver: "i40e", netdev: "ens1f0")
    idle.virtualFunctions = VirtualFunctions(total: 64, enabled: 0)
    let plain = Machines.network("0000:01:00.1", 0x8086, 0x1572, driver: "vfio-pci")
    let machine = Inventory(devices: [idle, plain], nodes: Machines.nodes)
    #expect(try Pools.members(of: machine, [:]) == ["0000:01:00.0", "0000:01:00.1"])
  }

  @Test func anAcceleratorThatHasVFsIsOfferedUnlessItIsAnNPU() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      if device.id == "0000:04:00.0" { device.virtualFunctions = VirtualFunctions(total: 2, enabled: 2) }
      return device
    }
    #expect(try Pools.members(of: machine, type: "accelerator", [:]) == ["0000:04:00.0"])
    let npus = try Pools.members(of: Machines.npus, type: "accelerator", ["vendors": ["1eff"]])
    #expect(npus == ["0000:b6:00.0", "0000:b7:00.1", "0000:b8:00.0"])
  }

  @Test func aBrokenDeviceIsLeftOutAlone() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      if device.id == "0000:01:02.0" { device.defect = "link ens1f0v0 is not in this network namespace" }
      return device
    }
    #expect(try Pools.members(of: machine, ["devices": ["154c"]]) == ["0000:01:02.1", "0000:01:02.2", "0000:01:02.3"])
  }

  @Test func partitionKeysOfInfiniBandLinks() throws {
    var function = Machines.network(
      "0000:86:00.1", 0x15b3, 0x101c, driver: "mlx5_core", netdev: "ibs3v0", linkType: "infiniband")
    function.rdma = [RDMADevice(name: "mlx5_10", partitionKey: "0x8001")]
    let machine = Inventory(devices: [function], nodes: Machines.nodes)
    #expect(try Pools.members(of: machine, ["pKeys": ["0x8001"]]) == ["0000:86:00.1"])
    #expect(try Pools.members(of: machine, ["pKeys": ["0x1"]]).isEmpty)
    #expect(try Pools.members(of: machine, ["pKeys": ["0xffff", "0x8001"], "linkTypes": ["infiniband"]]).count == 1)
  }

  @Test func aVirtualFunctionWithoutNamedPFMatchesNoName() throws {
    let machine = Machines.sixFunctions.changed { device in
      var device = device
      device.physicalFunction?.name = ""
      return device
    }
    #expect(try Pools.members(of: machine, ["pfNames": ["ens1f0", ""]]).isEmpty)
    #expect(try Pools.members(of: machine, ["rootDevices": ["0000:01:00.0"]]).count == 6)
    #expect(try Pools.members(of: machine, [:]).count == 7)
  }

  @Test func rdmaThatOnlyDevlinkTellsOfIsRDMA() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      device.rdma = []
      device.devlinkEnableRDMA = true
      return device
    }
    #expect(try Pools.members(of: machine, ["isRdma": true, "vendors": ["15b3"]]) == ["0000:03:00.0"])
  }

  @Test func vdpaDevicesByTheirDriver() throws {
    var function = Machines.network("0000:24:00.2", 0x15b3, 0x101e, driver: "mlx5_core")
    func members(_ kind: VDPADevice.Kind?, _ wanted: String) throws -> Int {
      function.vdpa = [VDPADevice(name: "vdpa0", kind: kind, path: "/dev/vhost-vdpa-1")]
      let machine = Inventory(devices: [function], nodes: Machines.nodes)
      return try Pools.members(of: machine, ["vdpaType": .text(wanted)]).count
    }
    #expect(try members(.vhost, "vhost") == 1)
    #expect(try members(.vhost, "virtio") == 0)
    #expect(try members(.virtio, "virtio") == 1)
    #expect(try members(nil, "vhost") == 0)
    #expect(try members(nil, "virtio") == 0)
  }

  @Test func theDefaultRouteKeepsANICOutWhereThePoolAsks() throws {
    var pool = try Pools.config([["devices": ["1572"]]])
    pool.excludeDefaultRoute = true
    #expect(Pools.partition(Machines.mixed, pool).pools[0].units.isEmpty)
  }

  @Test func topologyIsTheNUMANodeUnlessThePoolLeavesItOut() throws {
    var pool = try Pools.config([["devices": ["154c"]]])
    let listed = Pools.partition(Machines.mixed, pool).pools[0]
    #expect(listed.units.map(listed.topology) == [[0], [1], nil, nil])
    pool.excludeTopology = true
    let silent = Pools.partition(Machines.mixed, pool).pools[0]
    #expect(silent.units.map(silent.topology) == [nil, nil, nil, nil])
  }
}
