import Foundation
import HostInventory
import KubeletAPI
import ResourcePools
import TestSupport
import Testing

@testable import NodeReport

/// The page as a reader of markup sees it; how it looks is a matter of eyes.
@Suite("The page of inventory") struct InventoryPageTests {
  private func count(_ needle: String, in text: String) -> Int { text.components(separatedBy: needle).count - 1 }

  @Test func nestsFunctionsBelowPortsBelowNodes() throws {
    let page = InventoryPage(try Surveys.survey()).text
    let places = [
      #"aria-label="NUMA node 0""#, #"aria-label="root port 0000:3a:00.0""#, #"aria-label="ens1f0 0000:3b:00.0""#,
      #"aria-label="0000:3b:01.2, VF, ens1f0#2, intel.com/dpdk, Healthy""#,
      #"aria-label="NUMA node 1""#,
    ].map { page.range(of: $0)?.lowerBound }
    #expect(!places.contains(nil), "\(places.map { $0 == nil })")
    let found = places.compactMap { $0 }
    #expect(found == found.sorted())
  }

  @Test func isWellFormedAndLoadsNothing() throws {
    let page = InventoryPage(try Surveys.survey()).text
    for tag in ["html", "head", "body", "main", "section", "article", "ul", "li", "dl", "dt", "dd", "div", "span", "p"]
    {
      let opened = page.matches(of: try Regex("<\(tag)[ >]")).count
      #expect(opened == count("</\(tag)>", in: page), "\(tag)")
    }
    for word in ["http:", "https:", "src=", "href=", "@import", "url("] { #expect(!page.contains(word), "\(word)") }
  }

  @Test func wordsOfTheHostAreNoMarkup() throws {
    var device = Device(id: #"<img src=x>"&"#, bus: .unifiedBus)
    device.driver = "</style><script>alert(1)</script>"
    let survey = try Surveys.survey(
      Inventory(devices: [device], nodes: HostNodes(present: [])), title: "<b>\u{7}</b>", config: nil,
      problems: [InventoryProblem(path: "<i>", reason: "</li>")])
    let page = InventoryPage(survey).text
    for word in ["<img", "<b>\u{7}", "alert(1)</script>", "<i>"] { #expect(!page.contains(word), "\(word)") }
    #expect(count("<script>", in: page) == 1)
    #expect(page.contains("&lt;img src=x&gt;&quot;&amp;"))
  }

  @Test func everyDeviceIsACellWithItsPoolsColour() throws {
    let survey = try Surveys.survey(
      pods: [Surveys.pod("fast", "intel.com/dpdk", ["0000:3b:01.2::1"])],
      health: { device, _ in device.id == "0000:3b:01.0" ? .unhealthy(reason: "gone") : .healthy })
    let page = InventoryPage(survey).text
    let main = try #require(page.range(of: "<main>").map { page[$0.upperBound...] }.map(String.init))
    #expect(main.matches(of: #/class="cell [^"]*" tabindex/#).count == survey.records.count)
    #expect(main.contains(#/class="cell c0 m0 sick" tabindex="0" aria-label="0000:3b:01.0,/#))
    #expect(
      main.contains(#/class="cell c1 m1 used p0" tabindex="-1" aria-label="0000:3b:01.2,.*, default\/fast \(app\)"/#))
    #expect(main.contains(#/class="cell free" tabindex="-1" aria-label="0000:3b:01.3,/#))
    #expect(page.contains("<small>netDevice, 2 units, 0 used, 2 free, 1 unhealthy</small>"))
  }

  /// The tab key stops once at each function and once at what was made from it.
  @Test func manyVirtualFunctionsAreOneTabStop() throws {
    var devices: [Device] = []
    let parent = PCIAddress(domain: 0, bus: 0x3b, device: 0, function: 0)
    var head = Device(id: "\(parent)", bus: .pci(parent))
    head.virtualFunctions = VirtualFunctions(total: 512, enabled: 512)
    devices.append(head)
    for number in 0..<512 {
      let address = PCIAddress(
        domain: 0, bus: UInt8(0x3c + number / 256), device: UInt8(number / 8 % 32), function: UInt8(number % 8))
      var device = Device(id: "\(address)", bus: .pci(address))
      device.physicalFunction = PhysicalFunction(address: parent, name: "ens1f0", functionIndex: number)
      devices.append(device)
    }
    let survey = try Surveys.survey(
      Inventory(devices: devices, nodes: HostNodes(present: [])), title: "many", config: nil)
    let page = InventoryPage(survey).text
    #expect(count(#"tabindex="0""#, in: page) == 2)
    #expect(count(#"tabindex="-1""#, in: page) == 511)
    #expect(page.contains("1 PF · 512 VFs"))
    #expect(page.utf8.count < 400_000)
  }

  @Test func functionsOfAnUnknownParentAreShown() throws {
    let address = PCIAddress(domain: 0, bus: 0x3b, device: 1, function: 0)
    var device = Device(id: "\(address)", bus: .pci(address))
    device.physicalFunction = PhysicalFunction(
      address: PCIAddress(domain: 0, bus: 0x3b, device: 0, function: 0), name: "", functionIndex: 0)
    let survey = try Surveys.survey(
      Inventory(devices: [device], nodes: HostNodes(present: [])), title: "orphan", config: nil)
    let page = InventoryPage(survey).text
    #expect(page.contains("<b>0000:3b:00.0</b>"))
    #expect(page.contains("this function is not among the devices"))
  }
}
