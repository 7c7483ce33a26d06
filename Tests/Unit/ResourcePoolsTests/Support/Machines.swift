import HostInventory

/// Hosts built by hand: facts that a test can name, without any file behind them.
enum Machines {
  static let nodes = HostNodes(present: [.vhostNet, .tun, .rdmaCM])

  /// An Intel PF with VFs on four drivers, a NIC with the default route, an RDMA NIC with subfunctions, an accelerator.
  static let mixed: Inventory = {
    let pf = PhysicalFunction(address: address("0000:01:00.0"), name: "ens1f0", linkType: "ether", functionIndex: nil)
    var parent = network("0000:01:00.0", 0x8086, 0x1572, driver: "i40e", numa: 0, netdev: "ens1f0")
    parent.virtualFunctions = VirtualFunctions(total: 64, enabled: 4)
    var vfs = (0..<4).map { index in
      var vf = network("0000:01:02.\(index)", 0x8086, 0x154c)
      vf.physicalFunction = pf
      vf.physicalFunction?.functionIndex = index
      return vf
    }
    vfs[0].driver = "iavf"
    vfs[0].interfaces = [NetInterface(name: "ens1f0v0", linkType: "ether")]
    vfs[0].numaNode = 0
    vfs[0].acpiIndex = "101"
    vfs[1].driver = "vfio-pci"
    vfs[1].numaNode = 1
    vfs[1].iommuGroup = IOMMUGroup(number: 12, isNoIOMMU: false)
    vfs[2].driver = "vfio-pci"
    vfs[2].iommuGroup = IOMMUGroup(number: 13, isNoIOMMU: true)
    vfs[3].driver = "igb_uio"
    vfs[3].uio = ["uio0"]
    var uplink = network("0000:02:00.0", 0x8086, 0x1572, driver: "i40e", numa: 0, netdev: "ens2")
    uplink.virtualFunctions = VirtualFunctions(total: 64, enabled: 0)
    uplink.interfaces[0].defaultRouteLink = uplink.interfaces[0].name
    let unbound = network("0000:02:00.1", 0x8086, 0x1572)
    var rdma = network("0000:03:00.0", 0x15b3, 0x101d, driver: "mlx5_core", numa: 0, netdev: "p0")
    rdma.rdma = [RDMADevice(name: "mlx5_0", characterDevices: ["issm0", "umad0", "uverbs0"])]
    var accelerator = Device(
      id: "0000:04:00.0", bus: .pci(address("0000:04:00.0")), vendor: 0x8086, product: 0x0d90, classCode: 0x120000)
    accelerator.driver = "vfio-pci"
    accelerator.iommuGroup = IOMMUGroup(number: 40, isNoIOMMU: false)
    var bridge = Device(
      id: "0000:05:00.0", bus: .pci(address("0000:05:00.0")), vendor: 0x8086, product: 0x1234, classCode: 0x060400)
    bridge.driver = "pcieport"
    let auxiliary = [
      subfunction("mlx5_core.eth.0", type: "eth", number: nil), subfunction("mlx5_core.sf.2", type: "sf", number: 88),
      subfunction("mlx5_core.sf.3", type: "sf", number: 89), subfunction("mlx5_core.sf.4", type: "sf", number: nil),
    ]
    return Inventory(
      devices: [parent] + vfs + [uplink, unbound, rdma, accelerator, bridge] + auxiliary, nodes: nodes)
  }()

  /// One PF `ens1f0` with six VFs on iavf, and a plain NIC `eno1`.
  static let sixFunctions: Inventory = {
    var parent = network("0000:01:00.0", 0x8086, 0x1572, driver: "i40e", netdev: "ens1f0")
    parent.virtualFunctions = VirtualFunctions(total: 64, enabled: 6)
    let vfs = (0..<6).map { index in
      var vf = network("0000:01:02.\(index)", 0x8086, 0x154c, driver: "iavf", netdev: "ens1f0v\(index)")
      vf.physicalFunction = PhysicalFunction(
        address: address("0000:01:00.0"), name: "ens1f0", linkType: "ether", functionIndex: index)
      return vf
    }
    let plain = network("0000:02:00.0", 0x8086, 0x1533, driver: "igb", netdev: "eno1")
    return Inventory(devices: [parent] + vfs + [plain], nodes: nodes)
  }()

  /// Four NPUs: one of a PF, a PF that has VFs, one of its VFs, one bound to vfio-pci.
  static let npus: Inventory = {
    func npu(_ id: String, _ product: UInt16, driver: String, numa: Int? = nil) -> Device {
      var device = Device(id: id, bus: .pci(address(id)), vendor: 0x1eff, product: product, classCode: 0x120000)
      device.driver = driver
      device.numaNode = numa
      return device
    }
    var whole = npu("0000:b6:00.0", 0x0010, driver: "rebellions", numa: 1)
    whole.rebellions = .node("rbln1")
    var parent = npu("0000:b7:00.0", 0x1120, driver: "rebellions", numa: 0)
    parent.virtualFunctions = VirtualFunctions(total: 4, enabled: 2)
    parent.rebellions = .node("rbln2")
    var virtual = npu("0000:b7:00.1", 0x1121, driver: "rebellions", numa: 0)
    virtual.rebellions = .node("rbln3")
    var passedThrough = npu("0000:b8:00.0", 0x1120, driver: "vfio-pci")
    passedThrough.iommuGroup = IOMMUGroup(number: 7, isNoIOMMU: false)
    return Inventory(
      devices: [whole, parent, virtual, passedThrough], nodes: HostNodes(present: [.rsd0, .rblnStat]))
  }()

  static func address(_ text: String) -> PCIAddress {
    PCIAddress(text) ?? PCIAddress(domain: 0, bus: 0, device: 0, function: 0)
  }

  static func network(
    _ id: String, _ vendor: UInt16, _ product: UInt16, driver: String? = nil, numa: Int? = nil, netdev: String? = nil,
    linkType: String = "ether"
  ) -> Device {
    var device = Device(id: id, bus: .pci(address(id)), vendor: vendor, product: product, classCode: 0x020000)
    device.driver = driver
    device.numaNode = numa
    if let netdev { device.interfaces = [NetInterface(name: netdev, linkType: linkType)] }
    return device
  }

  private static func subfunction(_ name: String, type: String, number: Int?) -> Device {
    let parent = address("0000:03:00.0")
    var device = Device(
      id: name,
      bus: .auxiliary(AuxiliaryDevice(name: name, type: type, subfunctionNumber: number, parent: parent)),
      vendor: 0x15b3, product: 0x101d, classCode: 0x020000)
    device.driver = "mlx5_core"
    device.numaNode = 0
    if type == "sf", number == nil { device.defect = "it has no subfunction number (sfnum)" }
    device.physicalFunction = PhysicalFunction(address: parent, name: "p0", linkType: "ether", functionIndex: number)
    return device
  }
}

extension Inventory {
  /// The same host after `change`, device by device; nil takes the device away.
  func changed(_ change: (Device) -> Device?) -> Inventory {
    Inventory(devices: devices.compactMap(change), nodes: nodes)
  }

  func with(_ nodes: HostNodes) -> Inventory { Inventory(devices: devices, nodes: nodes) }
}
