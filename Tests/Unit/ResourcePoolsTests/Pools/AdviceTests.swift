import HostInventory
import ResourcePools
import Testing

/// What explanations say can be done, and which devices an empty pool names.
@Suite struct AdviceTests {
  private func stages(of id: String, _ wanted: Wanted, on machine: Inventory = Machines.mixed) throws -> [Refusal] {
    let partition = Pools.partition(machine, try Pools.config([wanted]))
    return switch partition.explanation(of: id)?.entries.first?.outcome {
    case .refused(let refusal, let objects): [refusal] + objects.joined()
    case .dropped(let objects): Array(objects.joined())
    default: []
    }
  }

  private func emptiness(_ wanted: Wanted..., on machine: Inventory = Machines.mixed) throws -> EmptyPool {
    try Pools.required(Pools.partition(machine, try Pools.config(wanted)).emptyPools().first)
  }

  @Test func aDeviceOfAnotherVendorIsNotToBeBound() throws {
    let wanted: Wanted = ["vendors": ["15b3"], "drivers": ["vfio-pci"]]
    let other = try stages(of: "0000:01:02.0", wanted)
    #expect(other.map(\.stage) == ["vendors", "drivers"])
    #expect(other.allSatisfy { $0.advice == nil }, "\(other)")
    let meant = try stages(of: "0000:03:00.0", wanted)
    #expect(meant.map(\.advice) == ["bind it to vfio-pci, or add mlx5_core to drivers"])
    #expect(try stages(of: "0000:02:00.1", ["vendors": ["15b3"]]).allSatisfy { $0.advice == nil })
    #expect(
      try emptiness(["vendors": ["1234"], "drivers": ["mlx5_core"], "linkTypes": ["infiniband"]]).advice == nil)
  }

  @Test func virtualFunctionsAreNotRemovedForNothing() throws {
    let remedy = "write 0 to its sriov_numvfs"
    let alone = try stages(of: "0000:01:00.0", ["vendors": ["8086"]])
    #expect(alone.count == 1 && alone[0].advice?.contains(remedy) == true, "\(alone)")
    let others = try stages(of: "0000:01:00.0", ["devices": ["1572"], "drivers": ["vfio-pci"], "isRdma": true])
    #expect(others.map(\.stage) == ["sriov_numvfs", "drivers", "isRdma"])
    #expect(others[0].advice == "a PF with VFs is not offered")
    #expect(others[1].advice == "vfio-pci is the driver of its VFs: this is the PF")
  }

  @Test func whatAFunctionWithoutRDMADeviceNeeds() throws {
    let bound = "bound to vfio-pci, so it has no RDMA device: bind it to its kernel driver"
    #expect(try stages(of: "0000:01:02.1", ["isRdma": true]).map(\.advice) == [bound])
    #expect(
      try stages(of: "0000:01:02.0", ["isRdma": true]).map(\.advice)
        == ["no RDMA device is seen below it: load irdma"])
    let shared = try Pools.config([["vendors": ["8086"]]], type: "rdmaShared")
    let partition = Pools.partition(Machines.mixed, shared)
    guard case .refused(let refusal, _)? = partition.explanation(of: "0000:01:02.1")?.entries.first?.outcome else {
      Issue.record("a function without RDMA nodes is refused")
      return
    }
    #expect(refusal.stage == "rdma nodes" && refusal.advice == bound, "\(refusal)")
  }

  @Test func selectorsThatFailBesideARefusalAreNamed() throws {
    let unbound = try stages(of: "0000:02:00.1", ["pciAddresses": ["0000:02:00.0"], "devices": ["1572"]])
    #expect(unbound.map(\.stage) == ["driver", "pciAddresses"])
  }

  @Test func aDeviceThatIsAskedForComesClosest() throws {
    // Another NIC lacks no more, and has no VFs.
    let parent = try emptiness(["pciAddresses": ["0000:01:00.0"], "drivers": ["i40e"], "isRdma": true])
    #expect(parent.closest == ["0000:01:00.0"], "\(parent)")
    let functions = try emptiness(["pfNames": ["ens1f0"], "devices": ["1572"], "drivers": ["i40e"]])
    #expect(functions.closest.first == "0000:01:02.0", "\(functions)")
    let numbers = try emptiness(["pfNames": ["ens1f0#7"]])
    #expect(numbers.closest.count == 4 && numbers.closest.first == "0000:01:02.0", "\(numbers)")
    let plain = try emptiness(["pfNames": ["ens2"]])
    #expect(plain.closest == ["0000:02:00.0"] && plain.advice?.contains("it is the PF ens2 itself") == true, "\(plain)")
  }

  @Test func aNameThatTheHostDoesNotHaveIsSaid() throws {
    #expect(
      try emptiness(["pfNames": ["ens1f9#0"]], on: Machines.sixFunctions).text
        == "this host has no ens1f9; did you mean ens1f0?")
    #expect(
      try emptiness(["pciAddresses": ["0000:77:00.0"]], on: Machines.sixFunctions).reason.hasPrefix(
        "this host has no 0000:77:00.0"))
    // The other object asks for no name, so the devices count.
    #expect(
      try !emptiness(["pfNames": ["ens1f9"]], ["drivers": ["vfio-pci"]], on: Machines.sixFunctions).closest.isEmpty)
  }

  @Test func aNameThatIsNotVisibleMayBeThere() throws {
    let machine = Machines.sixFunctions.changed { device in
      var device = device
      device.physicalFunction?.name = ""
      return device
    }
    let hidden = try emptiness(["pfNames": ["ens7"]], on: machine)
    #expect(hidden.closest.first == "0000:01:02.0", "\(hidden)")
    #expect(hidden.advice?.contains("rootDevices selects by the PF's address") == true, "\(hidden)")
    #expect(try emptiness(["pciAddresses": ["0000:77:00.0"]], on: machine).closest.isEmpty)
  }

  @Test func aNICWithoutSRIOVIsNoPF() throws {
    let advice = try stages(of: "0000:03:00.0", ["pfNames": ["p0"]]).first?.advice
    #expect(advice?.hasPrefix("it is p0 itself, which has no sriov_totalvfs") == true, "\(advice ?? "")")
  }
}
