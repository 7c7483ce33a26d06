import Foundation
import HostInventory
import TestSupport
import Testing

/// Functions of virtio, whose netdevs are one level further down.
@Suite struct VirtioTests {
  @Test func netdevsAreThoseOfTheVirtioDevice() throws {
    let (inventory, problems) = try MachineTree(named: "virtio-dpu").read()
    #expect(problems == [])
    #expect(inventory["0000:01:00.0"]?.interfaces.map(\.name) == ["ens5"])
    #expect(inventory["0000:01:00.2"]?.physicalFunction?.name == "ens5")
    #expect(inventory["0000:01:00.2"]?.linkType == "ether")
    #expect(inventory["0000:01:00.2"]?.hidesInterfaces == false)
  }

  @Test func aNetdevInAnotherNamespaceIsMissed() throws {
    let machine = try MachineTree(named: "virtio-dpu")
    let netdev = "sys/devices/pci0000:00/0000:01:00.2/virtio5/net/ens5v0"
    try FileManager.default.removeItem(atPath: machine.place(netdev))
    let device = machine.read().0["0000:01:00.2"]
    #expect(device?.hidesInterfaces == true && device?.hasLostInterface == true)
    #expect(FunctionUse.sign(of: "0000:01:00.2", on: machine.root) == .inOtherNamespace)
    #expect(FunctionUse.sign(of: "0000:01:00.3", on: machine.root) == nil)
  }
}
