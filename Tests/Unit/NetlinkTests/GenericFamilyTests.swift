import Glibc
import Linux
import Testing

@testable import Netlink

/// devlink and vDPA: families that a kernel may lack, and what they answer where they are.
@Suite struct GenericFamilyTests {
  private static let limit = Duration.seconds(1)
  private static let device = DevlinkDevice(bus: "pci", name: "0000:3b:00.0")
  private static let resolved: [RecordingSocket.Step] = [
    .reply(Kernel.generic(family: 16, command: 1, Kernel.attribute(1, [0x20, 0]))), .acknowledgement(),
  ]

  private func devlink(_ script: RecordingSocket.Step...) throws -> Devlink {
    try #require(try Devlink(RecordingSocket(Self.resolved + script), limit: Self.limit))
  }

  @Test func `an absent family is an answer`() throws {
    #expect(try Devlink(RecordingSocket([.error(ENOENT)]), limit: Self.limit) == nil)
    #expect(try VDPA.devices(on: RecordingSocket([.error(ENOENT)]), limit: Self.limit) == nil)
  }

  @Test func `any other refusal of the controller is an error`() {
    #expect(throws: NetlinkError.self) { try Devlink(RecordingSocket([.error(EPERM)]), limit: Self.limit) }
  }

  @Test func `a controller that answers without a number is an error`() {
    let nameless = RecordingSocket([.reply(Kernel.generic(family: 16, command: 1)), .acknowledgement()])
    #expect(throws: NetlinkError.malformed(message: "CTRL_CMD_NEWFAMILY", reason: "no number for the family devlink")) {
      try Devlink(nameless, limit: Self.limit)
    }
  }

  @Test func `devlink lists devices of every bus`() throws {
    let devlink = try devlink(
      .reply(
        Kernel.generic(
          family: 32, flags: 2, sequence: 2, command: 1, Kernel.attribute(1, "pci"), Kernel.attribute(2, "0000:3b:00.0")
        )
          + Kernel.generic(
            family: 32, flags: 2, sequence: 2, command: 1, Kernel.attribute(1, "auxiliary"),
            Kernel.attribute(2, "mlx5_core.sf.4"))), .done(2))
    #expect(
      try devlink.devices() == [Self.device, DevlinkDevice(bus: "auxiliary", name: "mlx5_core.sf.4")])
  }

  @Test(arguments: [(0, "legacy"), (1, "switchdev"), (7, "unknown7")])
  func `the eswitch mode`(number: UInt16, mode: String) throws {
    let devlink = try devlink(
      .reply(Kernel.generic(family: 32, sequence: 2, command: 29, Kernel.attribute(25, Kernel.bytes(number)))),
      .acknowledgement(2))
    #expect(try devlink.fact(of: Self.device, asking: .eswitchMode)?.eswitchMode == mode)
  }

  @Test(arguments: [true, false])
  func `enable_rdma is a flag, whose value is there or not`(isOn: Bool) throws {
    let mode = Kernel.attribute(87, [0])
    let value = isOn ? Kernel.nest(85, Kernel.attribute(86, []), mode) : Kernel.nest(85, mode)
    let parameter = Kernel.nest(
      80, Kernel.attribute(81, "enable_rdma"), Kernel.attribute(83, [6]), Kernel.nest(84, value))
    let devlink = try devlink(
      .reply(Kernel.generic(family: 32, sequence: 2, command: 38, parameter)), .acknowledgement(2))
    #expect(try devlink.fact(of: Self.device, asking: .enableRDMA)?.enableRDMA == isOn)
  }

  @Test func `the firmware's application is the one that runs`() throws {
    func version(_ type: Int, _ name: String, _ value: String) -> [UInt8] {
      Kernel.nest(type, Kernel.attribute(103, name), Kernel.attribute(104, value))
    }
    let devlink = try devlink(
      .reply(
        Kernel.generic(
          family: 32, sequence: 2, command: 51, Kernel.attribute(98, "ice"), version(102, "fw.app.name", "stored one"),
          version(101, "fw.mgmt", "7.0.1"), version(101, "fw.app.name", "ICE COMMS Package"))),
      .acknowledgement(2))
    #expect(try devlink.fact(of: Self.device, asking: .firmwareAppName)?.firmwareAppName == "ICE COMMS Package")
  }

  @Test func `a device that devlink does not know`() throws {
    #expect(try devlink(.error(ENODEV, 2)).fact(of: Self.device, asking: .eswitchMode) == nil)
  }

  @Test func `a refusal that says nothing of the device is an error`() throws {
    let devlink = try devlink(.error(EPERM, 2))
    #expect(throws: NetlinkError.refused(request: "DEVLINK_CMD_INFO_GET", Errno(EPERM), detail: nil)) {
      try devlink.fact(of: Self.device, asking: .firmwareAppName)
    }
  }

  @Test func `a device that can't be asked costs itself alone`() throws {
    let devlink = try devlink(
      .error(EBUSY, 2),
      .reply(Kernel.generic(family: 32, sequence: 3, command: 29, Kernel.attribute(25, Kernel.bytes(UInt16(0))))),
      .acknowledgement(3))
    let names = ["0000:3b:00.0", "0000:3b:00.1", "0000:3b:00.2"]
    let (facts, failures) = devlink.facts(of: names.map { DevlinkDevice(bus: "pci", name: $0) }) { device in
      device.name == names[2] ? [] : .eswitchMode
    }
    #expect(facts.map(\.device.name) == [names[1]])
    #expect(facts.first?.eswitchMode == "legacy")
    #expect(failures.map(\.device.name) == [names[0]])
    #expect(failures.first?.error.answer == EBUSY)
  }

  @Test func `vDPA devices and their parents`() throws {
    func device(_ attributes: [UInt8]...) -> [UInt8] {
      Kernel.generic(family: 32, flags: 2, sequence: 2, command: 3, Array(attributes.joined()))
    }
    let socket = RecordingSocket(
      Self.resolved + [
        .reply(
          device(Kernel.attribute(1, "pci"), Kernel.attribute(2, "0000:24:00.0"), Kernel.attribute(4, "vdpa0"))
            + device(Kernel.attribute(2, "vdpasim_net"), Kernel.attribute(4, "vdpa1"))), .done(2),
      ])
    #expect(
      try VDPA.devices(on: socket, limit: Self.limit) == [
        VDPAFact(name: "vdpa0", parentBus: "pci", parent: "0000:24:00.0"),
        VDPAFact(name: "vdpa1", parentBus: "", parent: "vdpasim_net"),
      ])
  }

  @Test func `a vDPA device without a name is an error`() {
    let socket = RecordingSocket(
      Self.resolved + [.reply(Kernel.generic(family: 32, sequence: 2, command: 3)), .done(2)])
    #expect(throws: NetlinkError.self) { try VDPA.devices(on: socket, limit: Self.limit) }
  }
}
