import Foundation
import TestSupport
import Testing

@testable import HostInventory

/// A machine file is given to others: nothing in it may tell which machine it is of.
@Suite("Identifiers in a machine file") struct IdentifierTests {
  @Test(arguments: [
    ("enx001b21aabbcc", "enxid1"), ("rocex001b2100aabbccdd", "rocexid1"), ("ibx506b4b03005e9a2c", "ibxid1"),
    ("00:1b:21:aa:bb:cc", "id1"), ("vdpa-00-1B-21-AA-BB-CC", "vdpa-id1"), ("eth_00_1b_21_aa_bb_cc", "eth_id1"),
    ("001b.21aa.bbcc", "id1"), ("506b:4b03:005e:9a2c", "id1"), ("00-1b-21-ff-ff-aa-bb-cc", "id1"),
    ("fe80:0000:0000:0000:506b:4b03:005e:9a2c", "id1"), ("6e7f1f5a-3c1b-4b6e-9d4f-0a1b2c3d4e5f", "id1"),
    ("0xB8CEF6000300E1EC\n", "0xid1\n"), ("00:1b:21:aa:bb:cc 00-1b-21-aa-bb-cc 00:1b:21:aa:bb:cd", "id1 id1 id2"),
  ]) func becomesAToken(_ text: String, _ expected: String) {
    var tokens = IdentifierTokens()
    #expect(tokens.replace(in: text) == expected)
    #expect(tokens.replace(in: expected) == expected)
  }

  @Test(arguments: [
    "0000:3b:00.0", "10000:e1:00.0", "sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.7/net/ens1f0v0", "mlx5_core.sf.12",
    "enp59s0f0np0", "pf0vf127", "intel_iommu", "0x020000", "12:34", "udma0", "uverbs12", "id1", "20.5.13-1.2.3.4",
  ]) func otherNamesStay(_ text: String) {
    var tokens = IdentifierTokens()
    #expect(tokens.replace(in: text) == text)
  }

  @Test func aSwitchIDIsATokenWhateverItsForm() throws {
    let function = "sys/devices/pci0000:3a/0000:3b:00.0"
    let text = """
      machine m
      link sys/bus/pci/devices/0000:3b:00.0 -> ../../../devices/pci0000:3a/0000:3b:00.0
      file \(function)/modalias pci:v00008086d0000154Csv00000000sd00000000bc02sc00i00
      dir \(function)/net/enx001b21aabbcc
      file \(function)/net/enx001b21aabbcc/phys_switch_id b8:1
      dir \(function)/net/rep0
      file \(function)/net/rep0/phys_switch_id b81
      fact link enx001b21aabbcc index=2 type=ether up carrier
      fact link rep0 index=3 type=ether up
      fact default-route enx001b21aabbcc
      """
    let machine = try MachineFile(parsing: text + "\n").withoutIdentifiers()
    #expect(!machine.text.contains("001b21aabbcc"))
    #expect(machine.text.contains("modalias pci:v00008086d0000154Csv"))
    #expect(machine.text.contains("net/enxid1/phys_switch_id id2\n"))
    #expect(machine.text.contains("net/rep0/phys_switch_id id2\n"))
    #expect(machine.text.contains("fact link enxid1 index=2"))
    #expect(machine.text.contains("fact default-route enxid1\n"))
    #expect(try MachineFile(parsing: machine.text).withoutIdentifiers().text == machine.text)
  }

  @Test(arguments: try MachineTree.names) func noFixtureHasOne(_ name: String) throws {
    let machine = try MachineFile(parsing: try Repository.text("Tests/Fixtures/Machines/\(name).tree"))
    #expect(machine.withoutIdentifiers() == machine)
  }
}
