import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// Who is in a group with a function that vfio hands out, and whether vfio may have the group.
@Suite struct IOMMUGroupTests {
  /// Two VFs on vfio-pci in group 44; `more` are further functions.
  private func machine(_ more: String = "") throws -> MachineTree {
    try MachineTree(
      text: "machine m\n" + Self.function("3b:01.0", "vfio-pci") + Self.function("3b:01.1", "vfio-pci") + more)
  }

  private static func function(
    _ address: String, _ driver: String?, group: Int = 44, class code: String = "bc02sc00i00"
  ) -> String {
    let home = "sys/devices/pci0000:3b/0000:\(address)"
    let binding = driver.map { "link \(home)/driver -> ../../../bus/pci/drivers/\($0)\n" } ?? ""
    return """
      link sys/bus/pci/devices/0000:\(address) -> ../../../devices/pci0000:3b/0000:\(address)
      file \(home)/modalias pci:v00008086d00001889sv00008086sd00000001\(code)
      \(binding)link \(home)/iommu_group -> ../../../kernel/iommu_groups/\(group)

      """
  }

  private func group(_ machine: MachineTree, _ id: String = "0000:3b:01.0") -> IOMMUGroup? {
    machine.read().0[id]?.iommuGroup
  }

  @Test func membersAreKnownWithoutTheGroupsDirectory() throws {
    let machine = try machine(
      Self.function("3b:02.0", "nvme", class: "bc01sc08i02") + Self.function("3b:02.1", nil, group: 45))
    #expect(group(machine)?.others.map(\.address.description) == ["0000:3b:01.1", "0000:3b:02.0"])
    #expect(group(machine)?.obstacle == "IOMMU group 44 is not viable: 0000:3b:02.0 in it is bound to nvme")
  }

  @Test func theGroupsDirectoryCounts() throws {
    let machine = try machine(Self.function("3b:02.0", "iavf"))
    let devices = machine.place("sys/kernel/iommu_groups/44/devices")
    try FileManager.default.createDirectory(atPath: devices, withIntermediateDirectories: true)
    for name in ["0000:3b:01.0", "0000:3b:01.1", "8d000000.iommu"] {
      try FileManager.default.createSymbolicLink(atPath: "\(devices)/\(name)", withDestinationPath: "nowhere")
    }
    #expect(group(machine)?.others.map(\.address.description) == ["0000:3b:01.1"])
    #expect(group(machine)?.obstacle == nil)
  }

  @Test(arguments: [
    ("pcieport", "bc06sc04i00"), ("pcieport", "bc02sc00i00"), ("shpchp", "bc06sc04i00"), ("pci-stub", "bc02sc00i00"),
    ("mlx5_vfio_pci", "bc02sc00i00"),
  ])
  func bridgesAndStubsAreNoObstacle(driver: String, code: String) throws {
    #expect(group(try machine(Self.function("3b:02.0", driver, class: code)))?.obstacle == nil)
  }

  @Test func aFunctionWithoutDriverIsNoObstacle() throws {
    #expect(group(try machine(Self.function("3b:02.0", nil)))?.obstacle == nil)
  }

  @Test func groupsWithoutIOMMUHaveNoMembers() throws {
    let machine = try machine("file sys/kernel/iommu_groups/44/name vfio-noiommu\n")
    #expect(group(machine) == IOMMUGroup(number: 44, isNoIOMMU: true))
  }

  @Test func aReboundMemberIsFollowed() throws {
    let machine = try machine(
      Self.function("3b:02.0", "iavf") + Self.function("3b:02.1", "nvme", class: "bc01sc08i02") + "fact links none\n")
    var (known, _) = machine.read()
    for (address, driver) in [("3b:02.0", "vfio-pci"), ("3b:02.1", "vfio-pci"), ("3b:02.0", "iavf")] {
      let link = machine.place("sys/devices/pci0000:3b/0000:\(address)/driver")
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: "../../../bus/pci/drivers/\(driver)")
      let changed = Set([PCIAddress("0000:\(address)")].compactMap { $0 })
      known = known.following(changed, since: machine.kernel, from: machine.root, kernel: machine.kernel).0
      #expect(known == machine.read().0)
    }
    let link = machine.place("sys/bus/pci/devices/0000:3b:02.0")
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: link)
    try FileManager.default.removeItem(atPath: link)
    known = known.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel).0
    #expect(known == machine.read().0 && known["0000:3b:01.0"]?.iommuGroup?.obstacle == nil)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    known = known.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel).0
    #expect(known == machine.read().0 && known["0000:3b:01.0"]?.iommuGroup?.obstacle != nil)
  }

  @Test func aRecordingHoldsTheMembers() throws {
    let machine = try machine(Self.function("3b:02.0", "nvme", class: "bc01sc08i02"))
    let (recorded, _) = MachineFile.record(from: machine.root, kernel: machine.kernel, title: "m")
    let again = try MachineTree(text: recorded.text)
    #expect(again.read().0 == machine.read().0)
    #expect(MachineFile.record(from: again.root, kernel: again.kernel, title: "m").0 == recorded)
  }
}
