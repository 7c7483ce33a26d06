import DRAFrontEnd
import ResourcePools
import Testing

@Suite("Names for the API") struct ObjectNameTests {
  @Test(arguments: [
    ("0000:3b:02.0", "0000-3b-02-0"), ("mlx5_core.sf.4", "mlx5-core-sf-4"), ("ATOM", "atom"), ("_a_", "a"),
    ("10000:e1:00.0", "10000-e1-00-0"),
  ])
  func labels(_ text: String, _ label: String) { #expect(ObjectName.label(text) == label) }

  @Test func longTextsStayApart() {
    let head = String(repeating: "a", count: 70)
    let labels = [ObjectName.label(head + "x"), ObjectName.label(head + "y")]
    #expect(labels[0] != labels[1])
    #expect(labels.allSatisfy { $0.utf8.count <= 63 })
  }

  @Test func aTextWithoutALetterIsALabelToo() {
    #expect(ObjectName.label("___") != ObjectName.label("::"))
    #expect(ObjectName.isSubdomain(ObjectName.label("___")))
  }

  @Test func namesOfAResource() {
    let name = ResourceName(prefix: "rdma", name: "hca_shared_devices_a")
    #expect(ObjectName.pool(name, on: "node1.example.com") == "node1.example.com/rdma/hca-shared-devices-a")
    #expect(ObjectName.deviceClass(name) == "hca-shared-devices-a.rdma")
  }

  @Test(arguments: ["", "Devicepool", "a_b", "a..b", "-a", String(repeating: "a", count: 64)])
  func namesThatNoDriverHas(_ text: String) { #expect(DriverName(text) == nil) }

  @Test func aDriversName() { #expect(DriverName("devicepool.example.com") != nil) }
}
