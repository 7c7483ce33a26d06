import HostInventory
import TestSupport
import Testing

/// What holds for every machine of Tests/Fixtures/Machines.
@Suite struct MachinesTests {
  @Test(arguments: try MachineTree.names)
  func recordingAnUnpackedRecordingGivesTheSameText(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let (first, problems) = MachineFile.record(from: machine.root, kernel: machine.kernel, title: name)
    let unpacked = try MachineTree(text: first.text)
    let (second, problemsAgain) = MachineFile.record(from: unpacked.root, kernel: unpacked.kernel, title: name)
    let lines = first.text.split(separator: "\n")
    let linesAgain = second.text.split(separator: "\n")
    #expect(lines.filter { !linesAgain.contains($0) } == [])
    #expect(linesAgain.filter { !lines.contains($0) } == [])
    #expect(problems == problemsAgain)
    #expect(machine.read().0 == unpacked.read().0)
  }

  @Test(arguments: try MachineTree.names)
  func aRecordingIsSmall(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let (recorded, _) = MachineFile.record(from: machine.root, kernel: machine.kernel, title: name)
    let devices = machine.read().0.devices.count
    #expect(recorded.text.utf8.count < 500 + 1200 * devices)
  }

  @Test(arguments: try MachineTree.names.filter { $0 != "broken-entries" })
  func aHealthyMachineHasNoProblems(_ name: String) throws {
    #expect(try MachineTree(named: name).read().1 == [])
  }

  @Test(arguments: try MachineTree.names)
  func readingAgainGivesTheSameDevices(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let (inventory, _) = machine.read()
    for device in inventory.devices {
      let (again, _) = inventory.reading(again: [device.id], from: machine.root, kernel: machine.kernel)
      #expect(again == [device])
    }
  }

  @Test(arguments: try MachineTree.names)
  func followingNothingOrEverythingGivesTheSameInventory(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let (inventory, _) = machine.read()
    let (same, _) = inventory.following([], since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(same == inventory)
    let all = Set(inventory.devices.compactMap(\.pciAddress))
    let (read, _) = inventory.following(all, since: machine.kernel, from: machine.root, kernel: machine.kernel)
    #expect(read == inventory)
    for address in all {
      let (one, _) = inventory.following([address], since: machine.kernel, from: machine.root, kernel: machine.kernel)
      #expect(one == inventory)
    }
  }

  @Test(arguments: try MachineTree.names)
  func devicesAreInOrderAndNamedOnce(_ name: String) throws {
    let (inventory, _) = try MachineTree(named: name).read()
    let addresses = inventory.devices.compactMap { device in PCIAddress(device.id) }
    #expect(addresses == addresses.sorted())
    #expect(Set(inventory.devices.map(\.id)).count == inventory.devices.count)
    for device in inventory.devices { #expect(inventory[device.id] == device) }
  }

  /// Real sysfs: sizes that lie, attributes that refuse, links in place.
  @Test func thisVeryHostCanBeRecorded() throws {
    let (recorded, _) = MachineFile.record(from: HostRoot("/"), kernel: .none, title: "this host")
    let unpacked = try MachineTree(text: recorded.text)
    let (again, _) = MachineFile.record(from: unpacked.root, kernel: unpacked.kernel, title: "this host")
    #expect(Set(recorded.text.split(separator: "\n")).symmetricDifference(again.text.split(separator: "\n")) == [])
    #expect(
      unpacked.read().0.devices.map(\.id) == Inventory.read(from: HostRoot("/"), kernel: .none).0.devices.map(\.id))
  }
}
