import HostInventory
import Netlink
import Testing

@testable import Agent

/// What has to be read again after which event of the kernel's.
@Suite("Kernel events and what they are about")
struct NodeChangesTests {
  private func scope(_ subsystem: String, _ path: String) -> NodeChanges.Scope? {
    NodeChanges.scope(of: [event(subsystem, path)])
  }

  private func event(_ subsystem: String, _ path: String) -> KernelEvent {
    .uevent(Uevent(action: .change, devicePath: path, subsystem: subsystem, properties: [:]))
  }

  private func functions(_ addresses: String...) -> NodeChanges.Scope {
    .functions(Set(addresses.compactMap { PCIAddress($0) }))
  }

  @Test(arguments: [
    ("pci", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0"),
    ("net", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0/net/ens1f0v0"),
    ("infiniband_verbs", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0/infiniband_verbs/uverbs3"),
    ("auxiliary", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0/mlx5_core.sf.4"),
    ("vdpa", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0/vdpa0"),
    ("cxi_user", "/devices/pci0000:3a/0000:3a:00.0/0000:3b:02.0/cxi_user/cxi1"),
  ])
  func namesTheFunction(_ subsystem: String, _ path: String) {
    #expect(scope(subsystem, path) == functions("0000:3b:02.0"))
  }

  @Test(arguments: [
    ("net", "/devices/virtual/net/veth1234"), ("misc", "/devices/virtual/misc/vhost-net"),
    ("vfio", "/devices/virtual/vfio/42"), ("drivers", "/bus/pci/drivers/vfio-pci"),
    ("ubcore", "/devices/virtual/ubcore/bonding_dev_0"),
  ])
  func isOfNoFunction(_ subsystem: String, _ path: String) {
    #expect(scope(subsystem, path) == NodeChanges.Scope.none)
  }

  @Test(arguments: [("infiniband", "/devices/virtual/infiniband/rxe0"), ("iommu", "/devices/virtual/iommu/dmar0")])
  func leavesItInDoubt(_ subsystem: String, _ path: String) {
    #expect(scope(subsystem, path) == .everything)
  }

  @Test func concernsNoDevice() {
    #expect(scope("block", "/devices/pci0000:00/0000:00:1f.2/ata1/block/sda") == nil)
    #expect(NodeChanges.scope(of: []) == nil)
  }

  @Test func aBurstIsReadTogether() {
    let burst = (0..<8).map { event("pci", "/devices/pci0000:3a/0000:3b:02.\($0)") }
    #expect(
      NodeChanges.scope(of: burst)
        == functions(
          "0000:3b:02.0", "0000:3b:02.1", "0000:3b:02.2", "0000:3b:02.3", "0000:3b:02.4", "0000:3b:02.5",
          "0000:3b:02.6",
          "0000:3b:02.7"))
    #expect(NodeChanges.scope(of: burst + [.resync]) == .everything, "events were lost")
  }

  @Test func linksAreNamedAndLostEventsMeanEverything() {
    let link = LinkFact(
      index: 7, name: "ens1f0", alternativeNames: ["enp59s0f0"], type: "ether", isUp: true, hasCarrier: false,
      state: .down)
    #expect(
      NodeChanges.change(of: [.changed(link), .removed(index: 9, name: "veth1")])
        == .links(["ens1f0", "enp59s0f0", "veth1"]))
    #expect(NodeChanges.change(of: [.changed(link), .resync]) == .devices(.everything))
  }

  /// Nobody reads while 10,000 pods come: what waits is one question, and the reader is told once.
  @Test func whatNobodyHasTakenIsPutTogether() throws {
    let changes = try NodeChanges()
    var told = 0
    changes.tell(.devices(functions("0000:3b:02.0"))) { told += 1 }
    changes.tell(.links(["veth1"])) { told += 1 }
    changes.tell(.devices(functions("0000:3b:02.1"))) { told += 1 }
    changes.tell(.links(["veth2"])) { told += 1 }
    #expect(told == 1)
    #expect(changes.take() == [.devices(functions("0000:3b:02.0", "0000:3b:02.1")), .links(["veth1", "veth2"])])
    #expect(changes.take() == [])
    changes.tell(.links(["veth3"])) { told += 1 }
    #expect(told == 2 && changes.take() == [.links(["veth3"])])
    for number in 0..<10_000 { changes.tell(.links(["veth\(number)"])) { told += 1 } }
    #expect(told == 3)
    let rest = changes.take()
    #expect(rest.first == .devices(.everything), "so many that none is told by name")
  }
}
