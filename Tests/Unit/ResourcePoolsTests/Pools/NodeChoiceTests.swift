import HostInventory
import ResourcePools
import Testing

/// Which nodes a container gets where there is a choice.
@Suite struct NodeChoiceTests {
  private func machine(cdev: String? = "vfio3", iommu: Bool = true) -> Inventory {
    var device = Machines.network("0000:3b:01.0", 0x8086, 0x1889, driver: "vfio-pci")
    device.iommuGroup = IOMMUGroup(number: 44, isNoIOMMU: false)
    device.vfioDevice = cdev
    return Inventory(devices: [device], nodes: HostNodes(present: iommu ? [.iommu] : []))
  }

  private func answer(
    _ nodes: PoolConfig.VFIOOptions.Nodes, iommufd: Bool = false, on machine: Inventory
  ) throws -> Allocation {
    var config = try Pools.config()
    config.vfio.nodes = nodes
    config.vfio.iommufd = iommufd
    return try Pools.partition(machine, config).pools[0].allocate("0000:3b:01.0", on: machine)
  }

  private func info(_ answer: Allocation) -> String? { answer.environment["PCIDEVICE_INTEL_COM_A_INFO"] }

  @Test func groupDeviceOrBoth() throws {
    let group = try answer(.group, on: machine())
    #expect(group.nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/44"])
    #expect(try answer(.group, on: machine(cdev: nil)) == group)
    let own = try answer(.cdev, iommufd: true, on: machine())
    #expect(own.nodes.map(\.hostPath) == ["/dev/vfio/devices/vfio3", "/dev/iommu"])
    #expect(
      info(own)
        == #"{"0000:3b:01.0":{"generic":{"deviceID":"0000:3b:01.0"},"#
        + #""vfio":{"cdev-mount":"/dev/vfio/devices/vfio3","iommu-mount":"/dev/iommu"}}}"#)
    let both = try answer(.both, on: machine())
    #expect(both.nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/44", "/dev/vfio/devices/vfio3"])
    #expect(try answer(.both, on: machine(cdev: nil)) == group)
  }

  @Test func whatTheHostLacksRefusesTheAnswer() throws {
    let own = #expect(throws: AllocationError.self) { try answer(.cdev, on: machine(cdev: nil)) }
    #expect(own?.description.contains("0000:3b:01.0") == true)
    #expect(own?.description.contains("no node below /dev/vfio/devices (Linux 6.6 and CONFIG_VFIO") == true)
    let iommu = #expect(throws: AllocationError.self) { try answer(.group, iommufd: true, on: machine(iommu: false)) }
    #expect(iommu?.description.contains("the host has no /dev/iommu (CONFIG_IOMMUFD)") == true)
  }

  @Test func aSlingshotFunction() throws {
    var device = Machines.network("0000:21:00.1", 0x17db, 0x0501, driver: "cxi_ss1", netdev: "hsn1")
    device.cxi = "cxi1"
    let machine = Inventory(devices: [device], nodes: Machines.nodes)
    let answer = try Pools.partition(machine, try Pools.config()).pools[0].allocate("0000:21:00.1", on: machine)
    #expect(answer.nodes.map(\.hostPath) == ["/dev/cxi1"])
    #expect(info(answer)?.contains(#""cxi":{"mount":"/dev/cxi1"}"#) == true)
    device.driver = "vfio-pci"
    let other = Inventory(devices: [device], nodes: Machines.nodes)
    let guest = try Pools.partition(other, try Pools.config()).pools[0].allocate("0000:21:00.1", on: other)
    #expect(guest.nodes.map(\.hostPath) == ["/dev/vfio/vfio"])
  }
}
