import Foundation
import HostInventory
import TestSupport
import Testing

/// Devices that come, go and change between two readings.
@Suite struct ChangesTests {
  private let pf = "sys/devices/pci0000:01/0000:01:00.0"
  private let vf = "sys/devices/pci0000:01/0000:01:02.5"
  private let address = PCIAddress("0000:01:02.5").map { [$0] } ?? []

  /// What the kernel does when a VF goes; the links are the last that a reader may still see.
  private func remove(_ machine: MachineTree, leaving link: Bool = false) throws {
    try FileManager.default.removeItem(atPath: machine.place(vf))
    try FileManager.default.removeItem(atPath: machine.place("\(pf)/virtfn5"))
    if !link { try FileManager.default.removeItem(atPath: machine.place("sys/bus/pci/devices/0000:01:02.5")) }
  }

  @Test func aFunctionRemovedAfterTheListingIsAProblemOfItsOwn() throws {
    let machine = try MachineTree(named: "h6")
    let (before, _) = machine.read()
    try remove(machine, leaving: true)
    let (after, problems) = machine.read()
    #expect(
      problems.map(\.description) == ["/sys/bus/pci/devices/0000:01:02.5: expected a PCI function, found nothing"])
    #expect(after.devices.map(\.id) == before.devices.map(\.id).filter { $0 != "0000:01:02.5" })
  }

  @Test func aDeviceThatHasGoneIsAbsentWhenReadAgain() throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    try remove(machine)
    let ids = ["0000:01:02.5", "0000:01:02.4", "nonsense"]
    let (again, problems) = inventory.reading(again: ids, from: machine.root, kernel: machine.kernel)
    #expect(again.map(\.id) == ["0000:01:02.4"])
    #expect(problems.count == 1)
  }

  @Test func aReboundDriverIsSeenWhenReadAgain() throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    let link = machine.place("\(vf)/driver")
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "../../../bus/pci/drivers/vfio-pci")
    let (again, _) = inventory.reading(again: ["0000:01:02.5"], from: machine.root, kernel: machine.kernel)
    #expect(again.map(\.driver) == ["vfio-pci"])
    #expect(again.first?.physicalFunction == inventory["0000:01:02.5"]?.physicalFunction)
    let (stale, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(stale["0000:01:02.5"]?.driver == "iavf")
    let (followed, _) = inventory.following(
      Set(address), since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(followed == machine.read().0)
    #expect(followed["0000:01:02.5"]?.driver == "vfio-pci")
  }

  @Test func functionsThatComeAndGoNeedNotBeNamed() throws {
    let machine = try MachineTree(named: "h6")
    let (whole, _) = machine.read()
    try remove(machine)
    let (smaller, _) = whole.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(smaller == machine.read().0)
    #expect(smaller["0000:01:02.5"] == nil)
    let again = try MachineTree(named: "h6")
    let (larger, _) = smaller.following([], since: again.kernel, from: again.root, kernel: again.kernel)
    #expect(larger == whole)
  }

  @Test func functionsThatHaveGoneAreKnownWithoutReadingAnyFile() throws {
    let machine = try MachineTree(named: "h6")
    let (whole, _) = machine.read()
    #expect(whole.withoutLostFunctions(from: machine.root) == nil)
    try remove(machine)
    try FileManager.default.removeItem(atPath: machine.place(pf))
    let left = whole.withoutLostFunctions(from: machine.root)
    #expect(left?.devices == whole.devices.filter { $0.id != "0000:01:02.5" })
  }

  @Test func linksCountVirtualFunctionsAndTheFileIsLeftAlone() throws {
    let machine = try MachineTree(named: "h6")
    let links = try FileManager.default.contentsOfDirectory(atPath: machine.place(pf)).filter { $0.hasPrefix("virtfn") }
    try "never read".write(toFile: machine.place("\(pf)/sriov_numvfs"), atomically: false, encoding: .utf8)
    let (inventory, problems) = machine.read()
    #expect(inventory["0000:01:00.0"]?.virtualFunctions?.enabled == links.count)
    #expect(problems == [])
    for link in links { try FileManager.default.removeItem(atPath: machine.place("\(pf)/\(link)")) }
    #expect(machine.read().1.map(\.path).contains { $0.hasSuffix("/sriov_numvfs") })
  }

  @Test func virtualFunctionsFollowARenamedPF() throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    try FileManager.default.moveItem(
      atPath: machine.place("\(pf)/net/ens1f0"), toPath: machine.place("\(pf)/net/uplink0"))
    var kernel = machine.kernel
    let link = kernel.links?.removeValue(forKey: "ens1f0")
    kernel.links?["uplink0"] = link
    let changed = Set([PCIAddress("0000:01:00.0")].compactMap { $0 })
    let (followed, _) = inventory.following(changed, since: machine.kernel, from: machine.root, kernel: kernel)
    #expect(followed == Inventory.read(from: machine.root, kernel: kernel).0)
    #expect(followed["0000:01:02.2"]?.physicalFunction?.name == "uplink0")
  }

  @Test func linkChangesAreJoinedWithoutReadingDevices() throws {
    let machine = try MachineTree(named: "h1")
    let (inventory, _) = machine.read()
    var kernel = machine.kernel
    kernel.links?["ens1f0v0"]?.hasCarrier = false
    kernel.links?["p0sf88"] = nil
    let (followed, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: kernel)
    #expect(followed["0000:01:02.0"]?.interfaces.first?.hasCarrier == false)
    #expect(followed["mlx5_core.sf.2"]?.defect == "its link p0sf88 is not in this network namespace")
    let (back, _) = followed.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(back == inventory)
  }

  @Test func subfunctionsGoWithTheirParent() throws {
    let machine = try MachineTree(named: "h1")
    let (inventory, _) = machine.read()
    try FileManager.default.removeItem(atPath: machine.place("sys/bus/pci/devices/0000:03:00.0"))
    let (followed, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(followed.devices.filter { $0.id.hasPrefix("mlx5_core") } == [])
    #expect(followed["0000:03:00.0"] == nil)
  }
}
