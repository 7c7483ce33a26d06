import HostInventory
import TestSupport
import Testing

/// Each fact of a device, on machines that have it.
@Suite struct FactsTests {
  private func device(_ id: String, of machine: String) throws -> Device {
    try #require(try MachineTree(named: machine).read().0[id])
  }

  @Test func identityDriverAndPlace() throws {
    let vf = try device("0000:3b:01.0", of: "intel-e810-x710")
    #expect(vf.vendor == 0x8086)
    #expect(vf.product == 0x1889)
    #expect(vf.classCode == 0x020000)
    #expect(vf.driver == "iavf")
    #expect(vf.numaNode == 0)
    #expect(vf.bridges.map(\.description) == ["0000:3a:00.0"])
    #expect(vf.bus == .pci(try #require(PCIAddress("0000:3b:01.0"))))
    #expect(try device("0000:3b:01.3", of: "intel-e810-x710").driver == nil)
  }

  @Test func aNUMANodeIsThereOnlyWhenTheFirmwareSaysSo() throws {
    #expect(try device("0000:01:02.1", of: "h1").numaNode == 1)
    #expect(try device("0000:01:02.2", of: "h1").numaNode == nil)
    #expect(try device("0000:01:02.3", of: "h1").numaNode == nil)
  }

  @Test func theFirmwareIndexIsTheFilesText() throws {
    #expect(try device("0000:01:02.0", of: "h1").acpiIndex == "101")
    #expect(try device("0000:01:02.1", of: "h1").acpiIndex == nil)
  }

  @Test func aVirtualFunctionKnowsItsPFAndItsNumber() throws {
    for number in 0..<6 {
      let above = try device("0000:01:02.\(number)", of: "h6").physicalFunction
      #expect(above?.address.description == "0000:01:00.0")
      #expect(above?.name == "ens1f0")
      #expect(above?.linkType == "ether")
      #expect(above?.functionIndex == number)
    }
    let above = try device("0000:01:00.0", of: "h6")
    #expect(above.physicalFunction == nil)
    #expect(above.virtualFunctions == VirtualFunctions(total: 64, enabled: 6))
    #expect(try device("0000:02:00.0", of: "h6").virtualFunctions == nil)
  }

  @Test func aPFWithoutANetdevHasNoName() throws {
    let above = try device("0000:72:00.1", of: "intel-e810-x710").physicalFunction
    #expect(above?.name == "")
    #expect(above?.functionIndex == 1)
  }

  @Test func iommuGroups() throws {
    #expect(try device("0000:3b:01.2", of: "intel-e810-x710").iommuGroup == IOMMUGroup(number: 42, isNoIOMMU: false))
    #expect(try device("0000:00:06.1", of: "xxv710-noiommu").iommuGroup == IOMMUGroup(number: 1, isNoIOMMU: true))
    #expect(try device("0000:00:06.2", of: "xxv710-noiommu").iommuGroup == nil)
  }

  @Test func linksAreJoinedToNetdevs() throws {
    let up = try device("0000:5e:02.0", of: "intel-e810-x710")
    #expect(up.interfaces.map(\.name) == ["ens2f0v0"])
    #expect(up.interfaces.first?.isUp == true)
    #expect(up.interfaces.first?.hasCarrier == true)
    #expect(up.linkType == "ether")
    let down = try device("0000:5e:02.1", of: "intel-e810-x710").interfaces.first
    #expect(down?.isUp == false)
    #expect(down?.hasCarrier == nil)
    #expect(try device("0000:3b:00.1", of: "intel-e810-x710").interfaces.first?.carriesDefaultRoute == true)
    #expect(try device("0000:3b:00.0", of: "intel-e810-x710").interfaces.first?.carriesDefaultRoute == false)
  }

  @Test func aVFWithoutANetdevHasTheLinkTypeOfItsPF() throws {
    #expect(try device("0000:3b:01.1", of: "intel-e810-x710").linkType == "ether")
    #expect(try device("0000:86:00.3", of: "connectx6-switchdev-infiniband").linkType == "infiniband")
    #expect(try device("0000:71:00.0", of: "intel-e810-x710").linkType == "")
  }

  @Test func sysfsTellsTypesWhenLinksWereNotAskedFor() throws {
    let machine = try MachineTree(
      text: """
        machine two ports, one down
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:01/0000:01:00.0
        file sys/devices/pci0000:01/0000:01:00.0/modalias pci:v00008086d00001572sv00008086sd00001572bc02sc00i00
        file sys/devices/pci0000:01/0000:01:00.0/net/a/type 1
        file sys/devices/pci0000:01/0000:01:00.0/net/a/flags 0x1003
        file sys/devices/pci0000:01/0000:01:00.0/net/a/carrier 1
        file sys/devices/pci0000:01/0000:01:00.0/net/b/type 32
        file sys/devices/pci0000:01/0000:01:00.0/net/b/flags 0x1002
        dir sys/devices/pci0000:01/0000:01:00.0/net/b/carrier
        """)
    let (inventory, problems) = machine.read()
    let interfaces = try #require(inventory["0000:01:00.0"]).interfaces
    #expect(interfaces.map(\.linkType) == ["ether", "infiniband"])
    #expect(interfaces.map(\.isUp) == [true, false])
    #expect(interfaces.map(\.hasCarrier) == [true, nil])
    #expect(problems == [])
  }

  @Test func aSwitchdevPFIsNamedByItsUplink() throws {
    let machine = "connectx6-switchdev-infiniband"
    #expect(try device("0000:08:00.2", of: machine).physicalFunction?.name == "ens1f0np0")
    #expect(
      try device("0000:08:00.0", of: machine).interfaces.map(\.portName) == ["pf0sf88", "pf0vf0", "pf0vf1", "p0"])
    // Without devlink's word the first netdev counts, as in the incumbent.
    let tree = try MachineTree(named: machine)
    let (legacy, _) = Inventory.read(from: tree.root, kernel: .none)
    #expect(legacy["0000:08:00.2"]?.physicalFunction?.name == "en8f0npf0sf88")
    // Where the kernel does not tell the mode, because we have no capability to ask, switch ids do.
    var hidden = KernelFacts.none
    hidden.eswitchModesAreHidden = true
    let (inferred, _) = Inventory.read(from: tree.root, kernel: hidden)
    #expect(inferred["0000:08:00.2"]?.physicalFunction?.name == "ens1f0np0")
    let (told, _) = tree.read()
    for device in told.devices where device.physicalFunction != nil {
      #expect(inferred[device.id]?.physicalFunction?.name == device.physicalFunction?.name, "\(device.id)")
    }
  }

  @Test func characterDevicesComeInTheOrderOfTheirKinds() throws {
    let rdma = try device("0000:08:00.2", of: "connectx6-switchdev-infiniband").rdma
    #expect(rdma == [RDMADevice(name: "mlx5_2", characterDevices: ["issm2", "umad2", "uverbs2"])])
  }

  @Test func characterDevicesMayBeKnownToTheClassOnly() throws {
    let machine = try MachineTree(
      text: """
        machine two HCAs on one function, an old kernel
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:01/0000:01:00.0
        file sys/devices/pci0000:01/0000:01:00.0/modalias pci:v000015B3d00001007sv000015B3sd00001007bc02sc07i00
        dir sys/devices/pci0000:01/0000:01:00.0/infiniband/mlx4_0
        dir sys/devices/pci0000:01/0000:01:00.0/infiniband/mlx4_1
        file sys/class/infiniband_verbs/abi_version 6
        file sys/class/infiniband_verbs/uverbs0/ibdev mlx4_0
        file sys/class/infiniband_verbs/uverbs10/ibdev mlx4_1
        file sys/class/infiniband_mad/umad10/ibdev mlx4_0
        file sys/class/infiniband_mad/umad2/ibdev mlx4_0
        file sys/class/infiniband_mad/issm2/ibdev mlx4_0
        file sys/class/infiniband_cm/ucm0/ibdev mlx4_1
        """)
    let (inventory, problems) = machine.read()
    #expect(
      inventory["0000:01:00.0"]?.rdma == [
        RDMADevice(name: "mlx4_0", characterDevices: ["issm2", "umad2", "umad10", "uverbs0"]),
        RDMADevice(name: "mlx4_1", characterDevices: ["ucm0", "uverbs10"]),
      ])
    #expect(problems == [])
  }

  @Test func partitionKeysAreReadForInfiniBandOnly() throws {
    let machine = "connectx6-switchdev-infiniband"
    #expect(try device("0000:86:00.1", of: machine).rdma.map(\.partitionKey) == ["0x8001"])
    #expect(try device("0000:08:00.0", of: machine).rdma.map(\.partitionKey) == [nil])
  }

  @Test func devlinkSaysRDMAOfAFunctionWhoseDeviceIsInAPod() throws {
    let device = try device("0000:86:00.3", of: "connectx6-switchdev-infiniband")
    #expect(device.rdma == [])
    #expect(device.devlinkEnableRDMA == true)
  }

  @Test func ddpProfilesComeFromTheToolFirst() throws {
    let machine = "intel-e810-x710"
    #expect(try device("0000:5e:02.0", of: machine).ddpProfile == "GTPv1-C/U IPv4/IPv6 payload")
    // devlink of the PF: the function itself has no answer.
    #expect(try device("0000:3b:01.0", of: machine).ddpProfile == "ICE OS Default Package")
    #expect(try device("0000:71:00.0", of: machine).ddpProfile == nil)
  }

  @Test func uioEntries() throws {
    #expect(try device("0000:5e:02.2", of: "intel-e810-x710").uio == ["uio0"])
    #expect(try device("0000:5e:02.0", of: "intel-e810-x710").uio == nil)
  }

  @Test func vdpaDevices() throws {
    let vhost = VDPADevice(name: "vdpa:0000:24:00.0", kind: .vhost, path: "/dev/vhost-vdpa-1")
    #expect(try device("0000:24:00.0", of: "igb-guest").vdpa == [vhost])
    #expect(
      try device("0000:63:00.0", of: "igb-guest").vdpa == [VDPADevice(name: "vdpa:0000:63:00.0", kind: .virtio)])
  }

  @Test func subfunctionsTakeTheirParentsFacts() throws {
    let device = try device("mlx5_core.sf.2", of: "h1")
    let parent = try #require(PCIAddress("0000:03:00.0"))
    #expect(
      device.bus
        == .auxiliary(AuxiliaryDevice(name: "mlx5_core.sf.2", type: "sf", subfunctionNumber: 88, parent: parent)))
    #expect(
      device.physicalFunction == PhysicalFunction(address: parent, name: "p0", linkType: "ether", functionIndex: 88))
    #expect(device.driver == "mlx5_core")
    #expect(device.vendor == 0x15b3)
    #expect(device.numaNode == 0)
    #expect(device.interfaces.map(\.name) == ["p0sf88"])
    #expect(device.defect == nil)
    #expect(try MachineTree(named: "h1").read().0["mlx5_core.eth.0"] == nil)
  }

  @Test func aSubfunctionHasRDMADevicesOfItsOwn() throws {
    let device = try device("mlx5_core.sf.2", of: "connectx6-switchdev-infiniband")
    #expect(device.rdma == [RDMADevice(name: "mlx5_4", characterDevices: ["umad4", "uverbs4"])])
    #expect(device.physicalFunction?.name == "ens1f0np0")
  }

  @Test func domainsAboveFFFF() throws {
    let vf = try device("10000:e1:02.1", of: "vmd-x710")
    #expect(vf.physicalFunction?.name == "ens9")
    #expect(vf.physicalFunction?.functionIndex == 1)
    // The VMD endpoint is no bridge of this domain.
    #expect(vf.bridges.map(\.description) == ["10000:e0:02.0"])
    #expect(try device("mlx5_core.sf.1", of: "vmd-x710").pciAddress?.description == "10000:e2:00.0")
  }

  @Test func npusKnowTheirNode() throws {
    #expect(try device("0000:b7:00.1", of: "rebellions-atom").rebellions == .node("rbln3"))
    #expect(try device("0000:b8:00.0", of: "rebellions-atom").rebellions == nil)
    let bridges = try device("0000:45:00.0", of: "rebellions-ca25-cards").bridges
    #expect(bridges.map(\.description).dropFirst(2).first == "0000:32:01.0")
  }

  @Test func hostNodes() throws {
    #expect(try MachineTree(named: "rebellions-atom").read().0.nodes.present == [.rsd0, .rblnStat, .rblnSMI])
    #expect(try MachineTree(named: "h1").read().0.nodes.present == [.rdmaCM, .vhostNet, .tun])
  }

  @Test(arguments: [("0", nil), ("3", "its driver reports status 3, expected 0 (ready)"), (nil, nil)])
  func anNPUsStatus(_ status: String?, _ fault: String?) throws {
    var text = try MachineTree.text(named: "rebellions-atom")
    if let status { text += "file sys/class/rebellions/rbln1/status \(status)\n" }
    let (inventory, problems) = try MachineTree(text: text).read()
    #expect(problems.isEmpty)
    #expect(inventory["0000:b6:00.0"]?.npuFault == fault)
    #expect(inventory["0000:b7:00.1"]?.npuFault == nil)
  }

  @Test func endpointIdsOfUBDevices() throws {
    let eids = (0..<3).map { "file sys/devices/virtual/ubcore/bonding_dev_1/eids/eid\($0)" }
    let text =
      try MachineTree.text(named: "kunpeng-ub") + """
        \(eids[0]) 4245:4944:0000:0000:0000:0000:0100:0000
        \(eids[1]) 0000:0000:0000:0000:0000:0000:0000:0000
        \(eids[2]) 4245:4944:0000:0000:0000:0000:0200:0000

        """
    let (inventory, problems) = try MachineTree(text: text).read()
    #expect(problems.isEmpty)
    #expect(
      inventory["bonding_dev_1"]?.unifiedBus?.eids == [
        "4245:4944:0000:0000:0000:0000:0100:0000", "4245:4944:0000:0000:0000:0000:0200:0000",
      ])
    #expect(inventory["udma0"]?.unifiedBus?.eids == [])
  }

  @Test func ubDevicesFromSysfs() throws {
    let (inventory, _) = try MachineTree(named: "kunpeng-ub").read()
    #expect(inventory.devices.map(\.id) == ["bonding_dev_0", "bonding_dev_1", "udma0", "udma1", "udma2", "udma3"])
    let healthy = try #require(inventory["udma2"])
    #expect(healthy.driver == "udma")
    #expect(healthy.numaNode == 1)
    #expect(
      healthy.unifiedBus == UBDevice(kernelDevices: ["udma2"], transportType: 0, isHealthy: true, reason: nil))
    #expect(inventory["udma3"]?.unifiedBus?.isHealthy == false)
    #expect(inventory["udma3"]?.unifiedBus?.reason == "port0 is DOWN, port1 is DOWN")
    #expect(inventory["bonding_dev_1"]?.unifiedBus?.isHealthy == true)
  }

  @Test func ubDevicesInOtherNamespacesAreKnownByName() throws {
    let text =
      try MachineTree.text(named: "kunpeng-ub") + """
        dir sys/class/uburma/udma1
        dir sys/class/uburma/udma7
        """
    let (inventory, problems) = try MachineTree(text: text).read()
    #expect(problems.isEmpty)
    let moved = try #require(inventory["udma7"]?.unifiedBus)
    #expect(moved.isElsewhere && moved.isHealthy && moved.kernelDevices == ["udma7"])
    #expect(inventory["udma1"]?.unifiedBus?.isElsewhere == false)
    let names = inventory.devices.filter { $0.bus == .unifiedBus }.map(\.id)
    #expect(names == names.sorted())
  }

  @Test func ubDevicesFromTheEngine() throws {
    let tree = try MachineTree(named: "kunpeng-ub")
    var kernel = tree.kernel
    kernel.unifiedBus = [
      "urma_1": UBDevice(
        kernelDevices: ["udma0", "udma1", "bonding_dev_1"], transportType: nil, isHealthy: false, reason: "port down"),
      "urma_2": UBDevice(kernelDevices: ["../../x"], transportType: 5, isHealthy: true, reason: nil),
    ]
    let (inventory, problems) = Inventory.read(from: tree.root, kernel: kernel)
    #expect(inventory.devices.map(\.id) == ["urma_1", "urma_2"])
    #expect(inventory["urma_1"]?.driver == "ubagg")
    #expect(inventory["urma_1"]?.unifiedBus?.transportType == 0)
    #expect(inventory["urma_1"]?.unifiedBus?.reason == "port down")
    #expect(inventory["urma_2"]?.driver == nil)
    #expect(problems == [])
  }
}
