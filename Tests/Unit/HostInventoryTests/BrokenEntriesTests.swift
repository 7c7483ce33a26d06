import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// What is broken costs at most the device that it is about, and says where it is and what was expected.
@Suite struct BrokenEntriesTests {
  private static let problems: [(path: String, reason: String)] = [
    ("/sys/bus/pci/devices/not-an-address", "expected a PCI address such as 0000:3b:00.0, found 'not-an-address'"),
    ("/sys/bus/pci/devices/0000:01:00.0/virtfn0", "readlink: Invalid argument"),
    ("/sys/bus/pci/devices/0000:02:00.0", "expected a PCI function, found nothing"),
    ("/sys/bus/pci/devices/0000:02:00.1/modalias", "expected pci:v…d…sv…sd…bc…sc…i…, found nothing"),
    (
      "/sys/bus/pci/devices/0000:02:00.2/modalias",
      "expected pci:v…d…sv…sd…bc…sc…i…, found 'pci:v00008086d00001572sv00008086sd00001572bc02sc00i0'"
    ),
    ("/sys/bus/pci/devices/0000:02:00.3/modalias", "expected pci:v…d…sv…sd…bc…sc…i…, found 'pci:junk'"),
    ("/sys/bus/pci/devices/0000:02:00.4/modalias", "read: Is a directory"),
    ("/sys/bus/pci/devices/0000:03:00.0/numa_node", "expected a decimal number, found 'junk'"),
    ("/sys/bus/pci/devices/0000:03:00.0/sriov_totalvfs", "expected a decimal number, found 'many'"),
    ("/sys/bus/pci/devices/0000:03:00.1/acpi_index", "read: Is a directory"),
    ("/sys/bus/pci/devices/0000:03:00.2/driver", "readlink: Invalid argument"),
    ("/sys/bus/pci/devices/0000:04:00.0/physfn", "readlink: Invalid argument"),
    ("/sys/bus/pci/devices/0000:04:00.1/physfn", "expected a link to a PCI function"),
    ("/sys/bus/pci/devices/0000:04:00.2/physfn", "leads to 0000:04:1f.7, which is not on this host"),
    ("/sys/bus/pci/devices/0000:05:00.0/iommu_group", "expected a link to a numbered group, found 'abc'"),
    ("/sys/bus/pci/devices/0000:05:00.1/net", "open: Not a directory"),
    ("/sys/bus/pci/devices/0000:05:00.2/uio", "open: Not a directory"),
    ("/sys/bus/pci/devices/0000:06:00.0/infiniband_verbs/uverbs0/ibdev", "read: Is a directory"),
    ("/sys/bus/pci/devices/0000:07:00.0/mlx5_core.sf.1/sfnum", "expected a decimal number, found 'x'"),
    (
      "/sys/bus/pci/devices/0000:08:00.0/net",
      "expected the uplink of a switchdev function (a switch id, and p0 or the like for a port name), found 'ens9'"
    ),
    ("/dev/vhost-vdpa-7", "expected the node of a vhost-vdpa device, found nothing"),
    ("/sys/class/ubcore/udma0/transport_type", "expected a decimal number, found 'UB'"),
    ("/sys/class/ubcore/udma0/port0/state", "expected a decimal number, found 'up'"),
  ]

  @Test func eachIsReportedOnceWithItsPath() throws {
    let (_, problems) = try MachineTree(named: "broken-entries").read()
    let expected = Self.problems.map { "\($0.path): \($0.reason)" }.sorted()
    #expect(problems.map(\.description).sorted() == expected)
  }

  @Test func anEntryThatOnlyBeginsWithAnAddressIsNoSecondDevice() throws {
    let (inventory, problems) = try MachineTree(
      text: """
        machine two entries for one address
        link sys/bus/pci/devices/0000:35:00.0 -> ../../../devices/pci0000:30/0000:35:00.0
        file sys/devices/pci0000:30/0000:35:00.0/modalias pci:v00001EFFd00001250sv00001EFFsd00001250bc12sc00i00
        link sys/bus/pci/devices/0000:35:00.0more -> ../../../devices/pci0000:30/0000:35:00.0

        """
    ).read()
    #expect(inventory.devices.map(\.id) == ["0000:35:00.0"])
    #expect(
      problems.map(\.description) == [
        "/sys/bus/pci/devices/0000:35:00.0more: expected a PCI address such as 0000:3b:00.0, found '0000:35:00.0more'"
      ])
  }

  @Test func ofTwoDevicesOfOneNameThereIsOne() {
    let reader = InventoryReader(root: HostRoot("/nowhere"), kernel: .none)
    let function = Device(
      id: "0000:35:00.0", bus: .pci(PCIAddress(domain: 0, bus: 0x35, device: 0, function: 0)))
    #expect(Inventory.inOrder([function, function], by: reader) == [function])
    #expect(
      reader.problems.map(\.description) == [
        "/sys/bus: expected one device called 0000:35:00.0, found another"
      ])
  }

  @Test func theRestOfTheMachineIsThere() throws {
    let (inventory, _) = try MachineTree(named: "broken-entries").read()
    #expect(inventory["0000:01:00.0"]?.driver == "i40e")
    // A VF whose virtfn link is unreadable has no number, as in the incumbent.
    #expect(inventory["0000:01:02.0"]?.physicalFunction?.name == "ens1f0")
    #expect(inventory["0000:01:02.0"]?.physicalFunction?.functionIndex == nil)
    for function in 0..<5 { #expect(inventory["0000:02:00.\(function)"] == nil) }
    #expect(inventory["0000:03:00.0"]?.numaNode == nil)
    #expect(inventory["0000:03:00.0"]?.virtualFunctions == nil)
    #expect(inventory["0000:03:00.2"]?.driver == nil)
    #expect(inventory["0000:04:00.2"]?.physicalFunction?.name == "")
    #expect(inventory["0000:05:00.0"]?.iommuGroup == nil)
    #expect(inventory["0000:05:00.1"]?.interfaces == [])
    #expect(inventory["0000:05:00.2"]?.uio == nil)
    #expect(inventory["0000:06:00.0"]?.rdma == [RDMADevice(name: "mlx5_0")])
    #expect(inventory["0000:0a:00.0"]?.vdpa == [VDPADevice(name: "vdpa0", kind: nil)])
    #expect(inventory["0000:0a:00.1"]?.vdpa == [])
    #expect(inventory["udma0"]?.unifiedBus?.reason == "none of its ports tells its state")
  }

  @Test(arguments: [
    ("0000:03:00.1", "its acpi_index can't be read: read: Is a directory"),
    ("0000:04:00.0", "its physfn is not a link: readlink: Invalid argument"),
    ("0000:04:00.1", "its physfn leads to no PCI function"),
    ("0000:04:00.2", "its physfn leads to 0000:04:1f.7, which is not on this host"),
    ("0000:06:00.1", "its link ens7 is not in this network namespace"),
    ("mlx5_core.sf.1", "it has no subfunction number (sfnum)"),
    ("mlx5_core.sf.2", "it has no subfunction number (sfnum)"),
    ("mlx5_core.sf.3", "its parent 0000:07:00.1 has no netdev"),
  ])
  func whatKeepsADeviceOutOfPoolsIsItsDefect(_ id: String, _ defect: String) throws {
    #expect(try MachineTree(named: "broken-entries").read().0[id]?.defect == defect)
  }

  @Test func nothingElseIsADefect() throws {
    let (inventory, _) = try MachineTree(named: "broken-entries").read()
    #expect(inventory.devices.filter { $0.defect != nil }.count == 8)
    #expect(inventory["0000:02:00.1"] == nil)
  }

  @Test func aPFWhoseLinkIsElsewhereMattersOnlyWithoutALinkOfOnesOwn() throws {
    let tree = try MachineTree(named: "h6")
    var kernel = tree.kernel
    kernel.links?["ens1f0"] = nil
    let (inventory, _) = Inventory.read(from: tree.root, kernel: kernel)
    #expect(inventory["0000:01:02.0"]?.defect == nil)
    #expect(inventory["0000:01:02.0"]?.linkType == "ether")
    try FileManager.default.removeItem(atPath: tree.place("sys/devices/pci0000:01/0000:01:02.0/net"))
    let (without, _) = Inventory.read(from: tree.root, kernel: kernel)
    #expect(
      without["0000:01:02.0"]?.defect == "link ens1f0 of 0000:01:00.0 is not in this network namespace")
  }

  @Test func acceleratorsAreNotRefusedForWhatOnlyNetworkPoolsNeed() throws {
    let machine = try MachineTree(
      text: """
        machine an accelerator with an unreadable acpi_index and a physfn that is no link
        link sys/bus/pci/devices/0000:01:00.0 -> ../../../devices/pci0000:01/0000:01:00.0
        file sys/devices/pci0000:01/0000:01:00.0/modalias pci:v00008086d00000D5Csv00008086sd00000000bc12sc00i01
        file sys/devices/pci0000:01/0000:01:00.0/physfn x
        dir sys/devices/pci0000:01/0000:01:00.0/acpi_index
        """)
    let (inventory, problems) = machine.read()
    #expect(inventory["0000:01:00.0"]?.defect == nil)
    #expect(problems.count == 2)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func entriesThatMayNotBeRead() throws {
    let machine = try MachineTree(named: "h1")
    let directory = "sys/devices/pci0000:01/0000:01:02.0"
    for path in ["\(directory)/acpi_index", "sys/devices/pci0000:02/0000:02:00.0/modalias"] {
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: machine.place(path))
    }
    let (inventory, problems) = machine.read()
    #expect(inventory["0000:01:02.0"]?.defect == "its acpi_index can't be read: open: Permission denied")
    #expect(inventory["0000:02:00.0"] == nil)
    #expect(problems.map(\.reason) == ["open: Permission denied", "open: Permission denied"])
  }

  @Test func aHostWithoutAPCIBus() throws {
    let (inventory, problems) = try MachineTree(text: "machine nothing\n").read()
    #expect(inventory.devices == [])
    #expect(problems.map(\.path) == ["/sys/bus/pci/devices"])
  }
}
