import Foundation
import JSONText
import TestSupport
import Testing

/// Problems that operators had with device plugins, as small inputs in Tests/Fixtures/Cases, and what the program says.
@Suite("Cases of operators") struct OperatorCaseTests {
  private func path(_ file: String) -> String { "Tests/Fixtures/Cases/\(file)" }

  @Test(arguments: ["config.json", "config-operator.json"])
  func anEmptyListIsValid(file: String) throws {
    let name = path("empty-list/\(file)")
    let (code, output) = try Program.run(["validate", name])
    #expect(code == 0)
    #expect(output == "\(name): 0 pools, 0 warnings\n")
    let machine = path("silent-empty-pool/machine.tree")
    for command in ["plan", "simulate", "inventory"] {
      let (code, output) = try Program.run([command, "-config-file", name, "-machine", machine])
      #expect(code == 0, "\(command): \(output)")
      #expect(!output.contains("error"), "\(command): \(output)")
    }
  }

  @Test func anEmptyPoolSaysWhatTheClosestDevicesLack() throws {
    let folder = "silent-empty-pool"
    let (code, output) = try Program.run(
      ["validate", "-machine", path("\(folder)/machine.tree"), path("\(folder)/config.json")])
    #expect(code == 0)
    #expect(output.contains("rdma/hca_shared_devices_a has no device on this host: 2 devices come closest"))
    #expect(output.contains("rdma nodes: no rdma_cm; load rdma_ucm"))
  }

  @Test func valuesThatNeverMatch() throws {
    let (code, output) = try Program.run(["validate", path("values-that-never-match/config.json")])
    #expect(code == 0)
    let drivers = output.split(separator: "\n").filter { $0.contains("drivers[0]: \"netdevice\"") }
    #expect(drivers.count == 2, "\(output)")
    #expect(drivers.allSatisfy { $0.contains("is not a driver of a PCI function") && $0.contains("mlx5_core or iavf") })
    let more = try Program.run(["validate", path("values-that-never-match/more.json")]).output
    for number in [0, 1, 2, 3, 4, 5, 7] {
      #expect(more.contains("resourceList[\(number)].selectors: selects no device"), "\(number): \(more)")
    }
    // The incumbent's documentation writes keys so.
    #expect(!more.contains("resourceList[6]"), "\(more)")
  }

  @Test func aKeyInTheWrongObject() throws {
    let (code, output) = try Program.run(["validate", path("key-in-wrong-object/config.json")])
    #expect(code == 0)
    #expect(output.contains("selectors.excludeTopology: unknown key, without effect; excludeTopology belongs beside"))
  }

  @Test func onlyTheValueThatCountsIsNamed() throws {
    let words = [
      "explain", "-config-file", path("contradicting-explain/config.json"), "-machine",
      path("contradicting-explain/machine.tree"),
    ]
    let (code, output) = try Program.run(words + ["0000:18:02.5"])
    #expect(code == 0)
    #expect(
      output.contains(
        "pfNames: saw enp24s0f0#5, want enp24s0f0#0,1,2; enp24s0f0#5 is not looked at: a later value for the same PF"),
      "\(output)")
    #expect(!output.contains("enp24s0f1#0"))
    let pf = try Program.run(words + ["0000:19:00.0"]).output
    #expect(pf.contains("it is the PF enp25s0f0 itself: pfNames selects VFs only, pciAddresses selects a PF"), "\(pf)")
  }

  @Test func everyStageThatFailsIsNamed() throws {
    let output = try Program.run([
      "explain", "-config-file", path("one-stage-at-a-time/config.json"), "-machine",
      path("one-stage-at-a-time/machine.tree"), "0000:0d:11.0",
    ]).output
    #expect(output.contains("devices: saw 1889, want 159b; 159b is its PF's"), "\(output)")
    #expect(output.contains("drivers: saw iavf, want ice; ice is its PF's driver"), "\(output)")
  }

  /// The VFs of the PF that it names come closest, although a NIC that it does not name lacks less.
  @Test func theDevicesThatAPoolNamesComeClosest() throws {
    let output = try Program.run([
      "validate", "-machine", path("one-stage-at-a-time/machine.tree"), path("one-stage-at-a-time/config.json"),
    ]).output
    #expect(output.contains("4 devices come closest (0000:0d:11.0, 0000:0d:11.1, 0000:0d:11.2 …): devices: saw 1889"))
    #expect(!output.contains("0000:0d:00.0"), "\(output)")
  }

  @Test func aSubfunctionIsNotCalledVF() throws {
    let output = try Program.run([
      "explain", "-config-file", "Tests/Fixtures/Golden/subfunctions/config.json", "-machine",
      "Tests/Fixtures/Machines/h1.tree", "mlx5_core.sf.2",
    ]).output
    #expect(output.contains(", subfunction number 88 of "), "\(output)")
    #expect(!output.contains("VF number"), "\(output)")
  }

  /// However the operator calls it.
  @Test(
    arguments: [
      ("18:02.0", "0000:18:02.0"), ("0000:18:02.0", "0000:18:02.0"), ("enp24s0f0v0", "0000:18:02.0"),
      ("enp24s0f0#3", "0000:18:02.3"), ("18:00.0#2", "0000:18:02.2"), ("enp24s0f0", "0000:18:00.0"),
      ("/sys/bus/pci/devices/0000:18:02.0/", "0000:18:02.0"), ("pci@0000:18:02.0", "0000:18:02.0"),
      (" 0000:18:02.0\n", "0000:18:02.0"), ("/sys/class/net/enp24s0f0", "0000:18:00.0"),
    ])
  func aDeviceByAnyName(word: String, id: String) throws {
    let (code, output) = try Program.run([
      "explain", "-config-file", path("contradicting-explain/config.json"), "-machine",
      path("contradicting-explain/machine.tree"), word,
    ])
    #expect(code == 0)
    #expect(output.split(separator: "\n").contains { $0.hasPrefix("\(id), ") }, "\(output)")
  }

  @Test(
    arguments: [
      ("0000:18:02.9", "did you mean 0000:18:02.0"), ("enp24s0f0#77", "has 6 VFs, numbers 0 to 5"),
      ("enp24s0f9", "did you mean enp24s0f0"), ("enp25s0f0#0", "has no VFs"),
      ("nonsense", "devicepool inventory lists"), ("18:02", "did you mean 0000:18:02.0"),
      ("0000:19:00.0#0", "error: 0000:19:00.0 has no VFs"),
    ])
  func aMistypedDeviceGetsASuggestion(word: String, text: String) throws {
    let (code, output) = try Program.run([
      "explain", "-config-file", path("contradicting-explain/config.json"), "-machine",
      path("contradicting-explain/machine.tree"), word,
    ])
    #expect(code == 1)
    #expect(output.contains(text), "\(output)")
  }

  @Test func aSharedPoolIsItsDevices() throws {
    let words = [
      "plan", "-config-file", path("shared-plan/config.json"), "-machine", path("shared-plan/machine.tree"),
    ]
    let (code, output) = try Program.run(words)
    #expect(code == 0)
    let lines = output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("rdma/shared_ib (rdmaShared): 63 units of ") == true, "\(output)")
    let hcas = lines.filter { $0.contains("mlx5_") && $0.contains("0101:00:00.0") }
    #expect(hcas.count == 1, "\(output)")
    let json = try JSONNode.parse(Array(try Program.run(words + ["-o", "json"]).output.utf8))
    let pool = try #require(json["pools"]?.array?.first)
    #expect(pool["units"]?.int == 63)
    let ids = try #require(pool["devices"]?.array).compactMap { $0["id"]?.string }
    #expect(ids.contains("0101:00:00.0") && ids.count == Set(ids).count && ids.count < 63)
  }
}
