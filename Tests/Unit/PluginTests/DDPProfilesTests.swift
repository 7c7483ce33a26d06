import Foundation
import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Agent

/// A stand-in for ddptool says what the real one's `-j` says, or what it never should.
@Suite("DDP profiles") struct DDPProfilesTests {
  private static let profile = "GTPv1-C/U IPv4/IPv6 payload"
  private static let devices: [Device] = ["i40e", "iavf", "ice"].enumerated().map { index, driver in
    let address = PCIAddress(domain: 0, bus: 0x3b, device: 1, function: UInt8(index))
    var device = Device(
      id: address.description, bus: .pci(address), vendor: 0x8086, product: 0x1889, classCode: 0x020000)
    device.driver = driver
    return device
  }

  private func pools(_ selectors: String = #"{"ddpProfiles":["x"]}"#) throws -> [PoolConfig] {
    let (config, _) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"a","selectors":\#(selectors)}]}"#.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    return try #require(config).pools
  }

  private func ddptool(_ script: String, in directory: TemporaryDirectory, limit: Int = 10) throws -> DDPProfiles {
    let path = directory["ddptool"]
    try "#!/bin/sh\necho \"$@\" >> \(directory["asked"])\n\(script)\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return DDPProfiles(searchPath: "relative:/nowhere:\(directory.path)", limit: limit)
  }

  private func answer(_ name: String) -> String {
    #"{"DDPInventory":{"device":"1889","DDPpackage":{"track_id":"80000008","version":"1.0.3.0","name":\#(name)}}}"#
  }

  /// Devlink's word does not count beside it, whatever the driver.
  @Test func theToolIsAskedFirstForEveryDriver() throws {
    let directory = try TemporaryDirectory()
    var ddp = try ddptool("echo '\(answer("\"\(Self.profile)\""))'", in: directory)
    var kernel = KernelFacts.none
    for device in Self.devices {
      kernel.devlink[try #require(device.pciAddress)] = .init(firmwareAppName: "other")
    }
    let found = ddp.read(for: Self.devices, pools: try pools(), kernel: kernel)
    #expect(Set(found.values) == [Self.profile])
    #expect(found.count == 3)
    #expect(ddp.problems.isEmpty)
    #expect(ddp.source == directory["ddptool"])
    let asked = try String(contentsOfFile: directory["asked"], encoding: .utf8)
    #expect(asked == Self.devices.map { "-l -a -j -s \($0.id)\n" }.joined())
  }

  /// A process for each device is dear: only those are asked for whose profile decides.
  @Test func onlyDevicesThatItMattersFor() throws {
    let directory = try TemporaryDirectory()
    var ddp = try ddptool("exit 8", in: directory)
    let pools = try pools(#"{"drivers":["ice"],"ddpProfiles":["x"]}"#)
    #expect(ddp.read(for: Self.devices, pools: pools, kernel: .none) == [:])
    let asked = try String(contentsOfFile: directory["asked"], encoding: .utf8)
    #expect(asked == "-l -a -j -s 0000:3b:01.2\n")
  }

  /// Exit code 8, an empty name, no package: none of them is a fault.
  @Test(arguments: [
    "exit 8", #"echo '{"DDPInventory":{"DDPpackage":{"name":""}}}'"#, #"echo '{"DDPInventory":{}}'"#,
    #"echo '{"DDPInventory":{"DDPpackage":{"name":null}}}'"#,
  ])
  func aFunctionWithoutPackage(_ script: String) throws {
    let directory = try TemporaryDirectory()
    var ddp = try ddptool(script, in: directory)
    #expect(ddp.read(for: Self.devices, pools: try pools(), kernel: .none) == [:])
    #expect(ddp.problems.isEmpty)
  }

  @Test(arguments: [
    ("exit 3", "ended with exit code 3"), ("kill -9 $$", "was ended by signal 9"), ("echo no", "expected JSON"),
    ("", "expected JSON"), ("echo '[]'", "expected an object DDPInventory"),
    (#"echo '{"DDPInventory":5}'"#, "expected an object DDPInventory"),
    (#"echo '{"DDPInventory":{"DDPpackage":{"name":5}}}'"#, "found a number"),
    ("head -c 2000000 /dev/zero", "wrote more than"),
  ])
  func whatIsWrongIsSaidOfTheDeviceAlone(_ script: String, _ reason: String) throws {
    let directory = try TemporaryDirectory()
    let good = answer("\"\(Self.profile)\"")
    var ddp = try ddptool("[ \"$5\" = 0000:3b:01.1 ] || { echo '\(good)'; exit 0; }\n\(script)", in: directory)
    let found = ddp.read(for: Self.devices, pools: try pools(), kernel: .none)
    #expect(found.keys.map(\.description).sorted() == ["0000:3b:01.0", "0000:3b:01.2"])
    #expect(ddp.problems.map(\.path) == ["ddptool:0000:3b:01.1"])
    #expect(ddp.problems.first?.reason.contains(reason) == true, "\(ddp.problems)")
  }

  @Test(.timeLimit(.minutes(1))) func aToolThatHangsIsEnded() throws {
    let directory = try TemporaryDirectory()
    var ddp = try ddptool("exec sleep 600", in: directory, limit: 1)
    #expect(ddp.read(for: [Self.devices[0]], pools: try pools(), kernel: .none) == [:])
    #expect(ddp.problems.first?.reason.contains("did not end within 1 s") == true)
  }

  @Test func anAnswerCutShortAnywhereIsNoProfile() {
    let whole = Array(answer("\"\(Self.profile)\"").utf8)
    #expect(DDPProfiles.package(whole) == .success(Self.profile))
    for count in whole.indices {
      if case .success = DDPProfiles.package(Array(whole[..<count])) { Issue.record("\(count) bytes are taken") }
    }
  }

  /// The function's own word, else its PF's.
  @Test func withoutTheToolDevlinkIsAsked() throws {
    var ddp = DDPProfiles(searchPath: "/nowhere", limit: 10)
    var devices = Self.devices
    let parent = PCIAddress(domain: 0, bus: 0x3b, device: 0, function: 0)
    for index in 1...2 {
      devices[index].physicalFunction = PhysicalFunction(address: parent, name: "p", functionIndex: nil)
    }
    var kernel = KernelFacts.none
    kernel.devlink[parent] = .init(firmwareAppName: "of the PF")
    kernel.devlink[try #require(devices[1].pciAddress)] = .init(firmwareAppName: "its own")
    let found = ddp.read(for: devices, pools: try pools(), kernel: kernel)
    #expect(found.sorted { $0.key < $1.key }.map(\.value) == ["its own", "of the PF"])
    #expect(ddp.source.contains("i40e"))
  }
}
