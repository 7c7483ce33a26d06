import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// Functions with a wrong parent, PF or number of VFs. Each has a defect, so that no pool offers it.
@Suite struct LeftOutTests {
  private let pf = "sys/devices/pci0000:3b/0000:3b:00.0"
  private let vf = "sys/devices/pci0000:3b/0000:3b:01.0"

  private func machine(_ lines: String) throws -> MachineTree {
    try MachineTree(
      text: """
        machine a PF with a VF
        link sys/bus/pci/devices/0000:3b:00.0 -> ../../../devices/pci0000:3b/0000:3b:00.0
        file \(pf)/modalias pci:v00008086d00001592sv00008086sd00000001bc02sc00i00
        link \(pf)/driver -> ../../../bus/pci/drivers/ice
        link \(pf)/virtfn0 -> ../0000:3b:01.0
        link sys/bus/pci/devices/0000:3b:01.0 -> ../../../devices/pci0000:3b/0000:3b:01.0
        file \(vf)/modalias pci:v00008086d00001889sv00008086sd00000001bc02sc00i00
        link \(vf)/driver -> ../../../bus/pci/drivers/iavf
        link \(vf)/physfn -> ../0000:3b:00.0
        \(lines)
        """)
  }

  @Test func aPFWhoseNumberOfVFsCannotBeRead() throws {
    let (inventory, problems) = try machine("file \(pf)/sriov_totalvfs junk").read()
    #expect(
      inventory["0000:3b:00.0"]?.defect == "it has 1 virtual functions, and its sriov_totalvfs can't be read")
    #expect(problems.map(\.path).contains("/sys/bus/pci/devices/0000:3b:00.0/sriov_totalvfs"))
    #expect(inventory["0000:3b:01.0"]?.defect == nil)
  }

  @Test func aSubfunctionBelowAVF() throws {
    let (inventory, problems) = try machine(
      """
      file \(pf)/sriov_totalvfs 8
      file \(vf)/mlx5_core.sf.9/sfnum 9
      dir \(vf)/mlx5_core.sf.9/net/sf9
      """
    ).read()
    #expect(inventory["mlx5_core.sf.9"]?.defect == "its parent 0000:3b:01.0 is a virtual function")
    #expect(
      problems.map(\.description) == [
        "/sys/bus/pci/devices/0000:3b:01.0/mlx5_core.sf.9: a subfunction below a virtual function is not offered"
      ])
  }

  @Test func aVFWhosePFIsNotThereUntilItComesBack() throws {
    let machine = try machine("file \(pf)/sriov_totalvfs 8\nfact links none")
    let (whole, _) = machine.read()
    let link = machine.place("sys/bus/pci/devices/0000:3b:00.0")
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: link)
    try FileManager.default.removeItem(atPath: link)
    let (alone, _) = whole.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(alone == machine.read().0)
    #expect(alone["0000:3b:01.0"]?.defect == "its physfn leads to 0000:3b:00.0, which is not on this host")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let (again, _) = alone.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(again == whole)
    #expect(again["0000:3b:01.0"]?.defect == nil)
  }
}
