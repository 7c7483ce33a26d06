import HostInventory
import ResourcePools
import Testing

/// Pools of Rebellions NPUs: the accelerator type with vendor 1eff.
@Suite struct NPUPoolTests {
  private func pool(on machine: Inventory) throws -> ResourcePool {
    var config = try Pools.config(
      [["vendors": ["1eff"], "drivers": ["rebellions", "vfio-pci"]]], name: "ATOM", type: "accelerator",
      prefix: "rebellions.ai")
    config.additionalInfo = ["*": ["a": "b"]]
    return Pools.partition(machine, config).pools[0]
  }

  @Test func aContainerGetsItsNodesInSortedOrder() throws {
    let answer = try pool(on: Machines.npus).allocate("0000:b7:00.1", "0000:b6:00.0", on: Machines.npus)
    #expect(
      answer.environment == [
        "PCIDEVICE_REBELLIONS_AI_ATOM": "0000:b6:00.0,0000:b7:00.1",
        "PCI_RESOURCE_REBELLIONS_AI_ATOM": "0000:b6:00.0,0000:b7:00.1",
        "PCIDEVICE_REBELLIONS_AI_ATOM_INFO":
          #"{"0000:b6:00.0":{"rebellions":{"mount":"/dev/rbln1"}},"0000:b7:00.1":{"rebellions":{"mount":"/dev/rbln3"}}}"#,
      ])
    #expect(answer.nodes.map(\.hostPath) == ["/dev/rbln1", "/dev/rsd0", "/dev/rbln3"])
    #expect(
      answer.mounts == [
        Mount(hostPath: "/usr/local/bin/rbln-stat", containerPath: "/usr/bin/rbln-stat", isReadOnly: true)
      ])
  }

  @Test func toolsAreMountedWhereTheyAre() throws {
    let machine = Machines.npus.with(HostNodes(present: [.rblnStatSystem, .rblnSMI]))
    let answer = try pool(on: machine).allocate("0000:b6:00.0", on: machine)
    #expect(answer.nodes.map(\.hostPath) == ["/dev/rbln1"])
    #expect(answer.mounts.map(\.hostPath) == ["/usr/bin/rbln-stat", "/usr/bin/rbln-smi"])
    let bare = Machines.npus.with(HostNodes(present: []))
    #expect(try pool(on: bare).allocate("0000:b6:00.0", on: bare).mounts.isEmpty)
  }

  @Test func oneBoundToVFIOGetsVFIOAlone() throws {
    let answer = try pool(on: Machines.npus).allocate("0000:b8:00.0", on: Machines.npus)
    #expect(answer.nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/7"])
    #expect(answer.info == #"{"0000:b8:00.0":{"vfio":{"dev-mount":"/dev/vfio/7","mount":"/dev/vfio/vfio"}}}"#)
    #expect(answer.environment["PCI_RESOURCE_REBELLIONS_AI_ATOM"] == "0000:b8:00.0")
    #expect(answer.mounts.isEmpty)
  }

  @Test func oneWithoutNodeIsUnhealthyAndRefused() throws {
    let machine = Machines.npus.changed { device in
      var device = device
      if device.id == "0000:b6:00.0" { device.rebellions = .unknown(reason: "pools has one line, expected two") }
      return device
    }
    let pool = try pool(on: machine)
    #expect(pool["0000:b6:00.0"]?.health == .unhealthy(reason: "pools has one line, expected two"))
    #expect(pool["0000:b7:00.1"]?.health == .healthy)
    #expect(
      throws: AllocationError.missing(device: "0000:b6:00.0", what: "pools has one line, expected two")
    ) { try pool.allocate("0000:b6:00.0", on: machine) }
    #expect(pool.cdiSpec(nodes: machine.nodes)?.devices.map(\.name) == ["0000:b7:00.1", "0000:b8:00.0"])
  }

  /// Newer drivers say how an NPU is; the vendor's newer plugin goes by it.
  @Test func oneThatItsDriverCannotServeIsUnhealthy() throws {
    let machine = Machines.npus.changed { device in
      var device = device
      if device.id == "0000:b6:00.0" { device.npuFault = "its driver reports status 3, expected 0 (ready)" }
      return device
    }
    let pool = try pool(on: machine)
    #expect(pool["0000:b6:00.0"]?.health == .unhealthy(reason: "its driver reports status 3, expected 0 (ready)"))
    #expect(throws: AllocationError.self) { try pool.allocate("0000:b6:00.0", on: machine) }
  }

  @Test func groupsAreMadeWhereThePoolAsks() throws {
    var config = try Pools.config([["drivers": ["rebellions"]]], type: "accelerator")
    config.rsdGroups = true
    let pool = Pools.partition(Machines.npus, config).pools[0]
    for mode in [CDIMode.off, .both] {
      var answer = try pool.allocate("0000:b7:00.1", "0000:b6:00.0", on: Machines.npus, cdi: mode)
      #expect(answer.effects == [.host(MakeNPUGroup(npus: ["rbln1", "rbln3"]))])
      answer.addGroupNode("/dev/rsd2")
      let group = DeviceNode("/dev/rsd2", inContainer: "/dev/rsd0")
      #expect(answer.nodes == (mode == .off ? [DeviceNode("/dev/rbln1"), group, DeviceNode("/dev/rbln3")] : [group]))
    }
    #expect(pool.cdiSpec(nodes: Machines.npus.nodes)?.devices.first?.nodes == [DeviceNode("/dev/rbln1")])
  }

  @Test(arguments: [(0x0011, "ATOM"), (0x1020, "RBLN-CA02"), (0x1251, "RBLN-CA25"), (0x2031, "RBLN-CR03")])
  func productsByPCIDeviceID(id: UInt16, name: String) {
    let address = Machines.address("0000:b6:00.0")
    #expect(
      RebellionsProduct.name(of: Device(id: "x", bus: .pci(address), vendor: 0x1eff, product: id)) == name)
    #expect(RebellionsProduct.name(of: Device(id: "x", bus: .pci(address), vendor: 0x8086, product: id)) == nil)
  }
}
