import Foundation
import TestSupport
import Testing

@testable import HostInventory

@Suite struct MachineFileTests {
  @Test(arguments: [
    ("", 1, "expected 'machine TITLE' in the first line"),
    ("# a comment\nmachine m", 1, "expected 'machine TITLE' in the first line"),
    ("machine m\nfiel a b", 2, "expected file, link, dir, node or fact, found 'fiel'"),
    ("machine m\n\n# c\nfile", 4, "expected a path relative to the root, without '..', found ''"),
    ("machine m\nfile /etc/passwd x", 2, "expected a path relative to the root, without '..', found '/etc/passwd'"),
    ("machine m\nfile a/../b x", 2, "expected a path relative to the root, without '..', found 'a/../b'"),
    ("machine m\ndir a//b", 2, "expected a path relative to the root, without '..', found 'a//b'"),
    ("machine m\nnode a\\x00b", 2, "expected a path relative to the root, without '..', found 'a\\x00b'"),
    ("machine m\nfile a 1\nfile a 2", 3, "'a' was given before"),
    ("machine m\nlink a b", 2, "expected 'link PATH -> TARGET'"),
    ("machine m\nlink a ->", 2, "expected 'link PATH -> TARGET'"),
    ("machine m\nlink a -> /etc", 2, "expected a relative target that stays below the root, found '/etc'"),
    ("machine m\nlink a -> ../b", 2, "expected a relative target that stays below the root, found '../b'"),
    ("machine m\nlink a/b -> c/../../d", 2, "expected a relative target that stays below the root, found 'c/../../d'"),
    ("machine m\nlink a -> b\nfile a/c 1", 3, "expected a directory above it, but 'a' is none"),
    ("machine m\nfile a 1\ndir a/c/d", 3, "expected a directory above it, but 'a' is none"),
    ("machine m\nfile a \\q", 2, "expected \\s, \\t, \\n, \\\\ or \\xHH after a backslash, found '\\q'"),
    ("machine m\n  | x", 2, "expected a file with a value above a line with '|'"),
    ("machine m\nfile a\n  | x", 3, "expected a file with a value above a line with '|'"),
    ("machine m\nfile a x\\c\n  | y", 3, "expected nothing after a line that ends with \\c"),
    (
      "machine m\nfact weather sunny", 2,
      "expected ddp, default-route, devlink, link, links, rdma-namespace-mode, ub-device, ub-devices or vdpa after fact, "
        + "found 'weather'"
    ),
    ("machine m\nfact link eth0 index=x type=ether", 2, "expected a number after index=, found 'x'"),
    ("machine m\nfact link eth0 type=ether", 2, "expected index=NUMBER"),
    ("machine m\nfact link eth0 index=1 type=ether sideways", 2, "expected the end of the line, found 'sideways'"),
    ("machine m\nfact ddp 3b:00.0 x", 2, "expected a PCI address such as 0000:3b:00.0, found '3b:00.0'"),
    (
      "machine m\nfact devlink 0000:3b:00.0 enable_rdma=1", 2,
      "expected enable_rdma=true or enable_rdma=false, found '1'"
    ),
    ("machine m\nfact vdpa v0 pci", 2, "expected a management device's name, found the end of the line"),
    ("machine m\nfact rdma-namespace-mode open", 2, "expected shared or exclusive, found 'open'"),
    ("machine m\nfact links some", 2, "expected none, found 'some'"),
  ])
  func whatIsWrongIsSaidWithItsLine(_ text: String, _ line: Int, _ reason: String) {
    #expect(throws: HostInventoryError.machineFile(line: line, reason: reason)) {
      try MachineFile(parsing: text)
    }
  }

  @Test func filesHoldExactlyTheirBytes() throws {
    let contents: [String: [UInt8]] = [
      "empty": [], "blank-line": Array("\n".utf8), "one": Array("a b\n".utf8), "no-end": Array("x".utf8),
      "lines": Array("one\n\n three \n".utf8), "odd": Array("\\c\n\\c".utf8), "bytes": [0xff, 0, 0x0a, 0x7f],
      "hash": Array("# 1\n| 2\n".utf8), "tab": Array("\t\u{e9}\n".utf8), "only-ends": Array("\n\n\n".utf8),
    ]
    var text = "machine m\n"
    for (name, bytes) in contents {
      var machine = MachineFile(title: "m")
      machine.entries["sys/\(name)"] = .file(bytes)
      text += machine.text.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
    }
    let tree = try MachineTree(text: text)
    for (name, bytes) in contents {
      #expect(FileManager.default.contents(atPath: tree.place("sys/\(name)")).map(Array.init) == bytes, "\(name)")
    }
    #expect(try MachineFile(parsing: try MachineFile(parsing: text).text) == MachineFile(parsing: text))
  }

  @Test func everyFactSurvivesBeingWrittenAndRead() throws {
    var kernel = KernelFacts.none
    let address = try #require(PCIAddress("10000:e1:00.0"))
    kernel.links = [
      "a b": .init(index: 3, type: "ether", isUp: true, hasCarrier: false),
      "eth0": .init(
        index: 4, type: "infiniband", isUp: false, hasCarrier: true, master: "a bond", lower: "b", kind: "vlan"),
    ]
    kernel.defaultRouteLinks = ["eth0"]
    kernel.devlink = [address: .init(eswitchMode: "switchdev", enableRDMA: false, firmwareAppName: "a \\ b")]
    kernel.auxiliaryDevlink = ["mlx5_core.sf.4": .init(enableRDMA: true)]
    kernel.vdpa = [.init(name: "v0", bus: "pci", parent: "10000:e1:00.0")]
    kernel.rdmaNamespaceMode = .exclusive
    kernel.ddpProfiles = [address: "GTPv1-C/U IPv4/IPv6 payload"]
    kernel.unifiedBus = [
      "urma_1": UBDevice(
        kernelDevices: ["udma0", "bonding_dev_1"], transportType: 0, isHealthy: false, reason: "port down"),
      "urma_2": UBDevice(kernelDevices: ["udma1"], transportType: nil, isHealthy: true, reason: nil),
    ]
    kernel.unifiedBus?["urma_1"]?.eids = ["4245::1", "4245::2"]
    var machine = MachineFile(title: "m")
    machine.kernel = kernel
    #expect(try MachineFile(parsing: machine.text).kernel == kernel)
    kernel.links = [:]
    kernel.unifiedBus = [:]
    machine.kernel = kernel
    #expect(try MachineFile(parsing: machine.text).kernel == kernel)
    machine.kernel = .none
    #expect(try MachineFile(parsing: machine.text).kernel == KernelFacts.none)
  }

  @Test func nothingThatIsThereIsReplaced() throws {
    let directory = try TemporaryDirectory()
    let machine = try MachineFile(parsing: "machine m\nfile a 1\nlink b -> a\n")
    try machine.unpack(into: directory.path)
    #expect(throws: HostInventoryError.system(path: directory["a"], call: "open", code: EEXIST)) {
      try machine.unpack(into: directory.path)
    }
  }

  @Test func aRecordingHoldsWhatLiesBetweenADeviceAndTheDefaultRoute() throws {
    let tree = try MachineTree(named: "h6")
    var kernel = tree.kernel
    kernel.links?["ens1f0"]?.master = "bond0"
    kernel.links?["bond0"] = .init(index: 90, type: "ether", isUp: true, hasCarrier: true, kind: "bond")
    kernel.links?["bond0.7"] = .init(
      index: 91, type: "ether", isUp: true, hasCarrier: true, lower: "bond0", kind: "vlan")
    kernel.links?["bond0.8"] = .init(
      index: 92, type: "ether", isUp: true, hasCarrier: true, lower: "bond0", kind: "vlan")
    kernel.defaultRouteLinks = ["bond0.7", "elsewhere"]
    let (recorded, _) = MachineFile.record(from: tree.root, kernel: kernel, title: "t")
    #expect(recorded.kernel.defaultRouteLinks == ["bond0.7"])
    #expect(recorded.kernel.links?["bond0"]?.kind == "bond" && recorded.kernel.links?["bond0.8"] == nil)
    let again = try MachineTree(text: recorded.text)
    let uplink = again.read().0["0000:01:00.0"]?.interfaces.first
    #expect(uplink?.defaultRouteText == "the default route leaves by bond0.7, which is above ens1f0")
  }

  @Test func aRecordingHoldsOnlyWhatTheInventoryReads() throws {
    let tree = try MachineTree(named: "h6")
    let pf = "sys/devices/pci0000:01/0000:01:00.0"
    for (name, value) in [("net/ens1f0/address", "02:00:00:00:00:01"), ("vpd", "SN 4711"), ("resource", "0x0")] {
      try value.write(toFile: tree.place("\(pf)/\(name)"), atomically: true, encoding: .utf8)
    }
    var kernel = tree.kernel
    kernel.links?["veth-of-a-pod"] = .init(index: 99, type: "ether", isUp: true, hasCarrier: true)
    kernel.defaultRouteLinks.insert("veth-of-a-pod")
    let (recorded, _) = MachineFile.record(from: tree.root, kernel: kernel, title: "t")
    let untouched = try MachineTree(named: "h6")
    let (plain, _) = MachineFile.record(from: untouched.root, kernel: untouched.kernel, title: "t")
    #expect(Set(recorded.text.split(separator: "\n")).symmetricDifference(plain.text.split(separator: "\n")) == [])
  }
}
