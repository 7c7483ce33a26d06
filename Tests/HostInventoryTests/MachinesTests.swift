import Foundation
import HostInventory
import TestSupport
import Testing

@Suite struct MachinesTests {
  @Test(arguments: try MachineTree.names)
  func recordingAgainGivesTheSameText(_ name: String) throws {
    let text = try MachineTree.text(named: name)
    let machine = try MachineTree(text: text)
    let title = try MachineFile(parsing: text).title
    let (again, _) = MachineFile.record(from: machine.root, kernel: machine.kernel, title: title)
    let unpacked = try MachineTree(text: again.text)
    let (third, _) = MachineFile.record(from: unpacked.root, kernel: unpacked.kernel, title: title)
    #expect(again.text == third.text)
    #expect(machine.read().0 == unpacked.read().0)
  }
}
