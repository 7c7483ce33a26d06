import TestSupport
import Testing

@testable import HostInventory

/// Names that come from a driver, a tool or an engine and become part of a path: none may lead elsewhere.
@Suite struct HostileNameTests {
  @Test(arguments: [
    "rbln", "rbln-1", "rbln+1", "rbln01", "rbln0/../sda", "rbln0\u{0}x", "../rbln0", "rblnX",
    "rbln99999999999999999999",
  ])
  func nodesOfNPUs(_ name: String) {
    guard case .unknown(let reason) = RebellionsNPU.parse("pool\n\(name) 16\n") else {
      Issue.record("'\(name)' was taken")
      return
    }
    #expect(reason.contains("expected rblnN"))
    #expect(RebellionsNPU.parse("pool\nrbln12 16\n") == .node("rbln12"))
  }

  @Test(arguments: ["../../../dev", "a/b", "/etc", ".", "..", ""])
  func namesOfVDPADevices(_ name: String) throws {
    let tree = try MachineTree(
      text: """
        machine m
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:00/0000:01:00.0
        file sys/devices/pci0000:00/0000:01:00.0/modalias pci:v000015B3d0000101Dsv00000000sd00000000bc02sc00i00
        link sys/bus/vdpa/devices/driver -> ../drivers/vhost_vdpa
        """)
    var kernel = KernelFacts()
    kernel.vdpa = [KernelFacts.VDPALink(name: name, bus: "pci", parent: "0000:01:00.0")]
    let (inventory, _) = Inventory.read(from: tree.root, kernel: kernel)
    #expect(inventory["0000:01:00.0"]?.vdpa == [])
  }

  @Test(arguments: ["../udma1", "a/b", ".", "..", "", "/dev/sda"])
  func namesOfUBDevices(_ name: String) throws {
    let tree = try MachineTree(text: "machine m\nfile sys/class/udma1/driver_name outside\ndir sys/class/ubcore\n")
    var kernel = KernelFacts()
    kernel.unifiedBus = [
      "urma_1": UBDevice(kernelDevices: [name], transportType: nil, isHealthy: true, reason: nil)
    ]
    let (inventory, _) = Inventory.read(from: tree.root, kernel: kernel)
    #expect(inventory["urma_1"]?.driver == nil)
  }

  /// A name in a directory can't hold a slash; what it may hold must not become more than one node's name.
  @Test func namesOfEntries() throws {
    let device = "sys/devices/pci0000:00/0000:01:00.0"
    let tree = try MachineTree(
      text: """
        machine m
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:00/0000:01:00.0
        file \(device)/modalias pci:v000015B3d0000101Dsv00000000sd00000000bc02sc00i00
        file \(device)/infiniband_verbs/uverbs..0/ibdev mlx5_0
        dir \(device)/infiniband/mlx5_0
        dir \(device)/uio/..uio0
        """)
    let device0 = try #require(tree.read().0["0000:01:00.0"])
    #expect(device0.rdma.first?.characterDevices == ["uverbs..0"])
    #expect(device0.uio == ["..uio0"])
  }

  @Test(arguments: ["../../1", "x", "-1", "2/x", ""])
  func groupsOfTheIOMMU(_ target: String) throws {
    let device = "sys/devices/pci0000:00/0000:01:00.0"
    let link = target.isEmpty ? "" : "link \(device)/iommu_group -> \(target)\n"
    let tree = try MachineTree(
      text: """
        machine m
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:00/0000:01:00.0
        file \(device)/modalias pci:v000015B3d0000101Dsv00000000sd00000000bc02sc00i00
        \(link)
        """)
    let number = tree.read().0["0000:01:00.0"]?.iommuGroup?.number
    #expect(number.map { $0 >= 0 } ?? true)
  }
}
