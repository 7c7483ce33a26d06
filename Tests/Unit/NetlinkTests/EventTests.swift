import Testing

@testable import Netlink

/// Events as the kernel sends them.
@Suite struct EventTests {
  private static let bind = """
    bind@/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2|ACTION=bind|\
    DEVPATH=/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2|SUBSYSTEM=pci|DRIVER=vfio-pci|PCI_CLASS=20000|\
    PCI_ID=8086:154C|PCI_SUBSYS_ID=8086:0000|PCI_SLOT_NAME=0000:3b:00.2|MODALIAS=pci:v00008086d0000154Csv=x|\
    SEQNUM=4242|
    """

  private func uevent(_ text: String, sender: UInt32 = 0, groups: UInt32 = 1) -> NetlinkDatagram {
    NetlinkDatagram(bytes: text.utf8.map { $0 == 0x7c ? 0 : $0 }, sender: sender, groups: groups)
  }

  @Test func `a uevent of a PCI function`() throws {
    let events = try KernelEvents.events(uevent(Self.bind))
    guard case .uevent(let event) = events.first else { throw Missing() }
    #expect(events.count == 1)
    #expect(event.action == .bind && event.subsystem == "pci" && event.driver == "vfio-pci")
    #expect(event.devicePath == "/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2")
    #expect(event.properties["PCI_SLOT_NAME"] == "0000:3b:00.2" && event.interface == nil)
    #expect(event.properties["MODALIAS"] == "pci:v00008086d0000154Csv=x")
  }
  private struct Missing: Error {}

  @Test func `only the kernel is believed`() throws {
    #expect(try KernelEvents.events(uevent(Self.bind, sender: 4711)) == [])
    #expect(try KernelEvents.events(uevent(Self.bind, groups: 2)) == [])
    let link = Kernel.message(type: 16, [UInt8](repeating: 0, count: 16) + Kernel.attribute(3, "eth0"))
    #expect(try LinkEvents.events(NetlinkDatagram(bytes: link, sender: 4711)) == [])
    #expect(try LinkEvents.events(NetlinkDatagram(bytes: link, sender: 0)).count == 1)
  }

  @Test(arguments: [
    "", "|", "libudev|x=y|", "add@/devices/x|ACTION=add", "explode@/x|ACTION=explode|DEVPATH=/x", "=@|=",
  ])
  func `what is no uevent is passed over`(text: String) throws {
    #expect(try KernelEvents.events(uevent(text)) == [])
  }

  @Test func `a uevent cut short anywhere never invents a value`() throws {
    let whole = uevent(Self.bind)
    guard case .uevent(let expected) = try KernelEvents.events(whole).first else { throw Missing() }
    for length in 0..<whole.bytes.count {
      let cut = NetlinkDatagram(bytes: Array(whole.bytes.prefix(length)), sender: 0, groups: 1)
      guard case .uevent(let event) = try KernelEvents.events(cut).first else { continue }
      for (key, value) in event.properties {
        #expect(expected.properties[key]?.hasPrefix(value) == true, "\(key) after \(length) bytes")
      }
    }
  }

  @Test(.enabled(if: OwnNamespace.obstacle == nil, "\(OwnNamespace.obstacle ?? "")"))
  func `link events come without being asked for`() async throws {
    let names = try await OwnNamespace.run {
      let events = try LinkEvents()
      #expect(try events.nextBatch() == [])
      try OwnNamespace.ip("link add va type veth peer name vb")
      return try events.nextBatch().compactMap { if case .changed(let link) = $0 { link.name } else { nil } }
    }
    #expect(Set(names).isSuperset(of: ["va", "vb"]))
  }
}
