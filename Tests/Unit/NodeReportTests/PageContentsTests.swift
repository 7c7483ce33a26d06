import HostInventory
import KubeletAPI
import NodeReport
import ResourcePools
import TestSupport
import Testing

/// What an operator finds on the page.
@Suite("What the page of inventory shows") struct PageContentsTests {
  private static let context = NodeSurvey.Context(
    nodeName: "worker-7", time: "2026-11-28 14:03:09 UTC", version: "1.2.3", configFiles: ["/etc/pcidp/config.json"])

  @Test func theHeaderSaysWhereAndWhenItWasMade() throws {
    let (inventory, _) = try MachineTree(named: "intel-e810-x710").read()
    let survey = NodeSurvey(
      title: "Linux 6.1", inventory: inventory, partition: PoolPartition(inventory: inventory, pools: []),
      context: Self.context)
    let page = InventoryPage(survey).text
    #expect(page.contains("<title>Devices of Linux 6.1</title>") && page.contains("<h1>Devices of worker-7</h1>"))
    #expect(page.contains("2026-11-28 14:03:09 UTC · devicepool 1.2.3 · /etc/pcidp/config.json"))
  }

  /// A function that is in no pool is not free: nobody can get it.
  @Test func poolsAndFunctionsSayHowManyAreUsed() throws {
    let pods = [Surveys.pod("fast", "intel.com/dpdk", ["0000:3b:01.2::1"])]
    let page = InventoryPage(try Surveys.survey(pods: pods)).text
    #expect(page.contains("0000:3b:00.0 · ice · 4 of 128 VFs · 1 used, 2 free, 1 in no pool"))
    // Two replicas of each device.
    #expect(page.contains("<b>intel.com/dpdk</b><small>netDevice, 2 units, 1 used, 1 free</small>"))
  }

  @Test func nothingIsCalledFreeWhenPodsAreNotKnown() throws {
    let (inventory, _) = try MachineTree(named: "intel-e810-x710").read()
    let survey = try Surveys.survey(inventory, title: "m", pods: nil)
    #expect(!InventoryPage(survey).text.contains(#/\d free/#))
    #expect(!InventoryJSON(survey).text.contains("\"used\""))
  }

  @Test func aPodSaysWhetherItSpansNUMANodes() throws {
    let survey = try Surveys.survey(
      config: """
        {"resourceList": [{"resourceName": "net", "selectors": {"drivers": ["iavf"]}}]}
        """,
      pods: [
        Surveys.pod("wide", "intel.com/net", ["0000:3b:01.0", "0000:5e:02.0"]),
        Surveys.pod("near", "intel.com/net", ["0000:5e:02.1"]),
      ])
    let page = InventoryPage(survey).text
    let wide = #/<li class="pod spans" data-pod="1">.*default\/wide.*2 devices · spans NUMA nodes 0 and 1/#
    #expect(page.contains(wide))
    #expect(page.contains(#/<li class="pod" data-pod="0">.*default\/near.*1 device · NUMA node 1 · 0000:5e:02.1/#))
    // The number leads from the list to the devices.
    #expect(page.matches(of: #/class="cell [^"]* p1"/#).count == 2)
  }

  /// Its net directory has the representors of its VFs too.
  @Test func aSwitchdevFunctionHasTheNameOfItsUplink() throws {
    let page = InventoryPage(try Surveys.survey("connectx6-switchdev-infiniband", config: nil)).text
    #expect(page.contains(#"aria-label="ens1f0np0 0000:08:00.0""#) && page.contains("<b>ens1f0np0</b>"))
  }

  @Test func aDeviceOfASecondPoolIsInTheLegend() throws {
    let shared = """
      {"configList": [
        {"resourceName": "a", "rdmaHcaMax": 10, "selectors": {"vendors": ["15b3"], "deviceIDs": ["101d"]}},
        {"resourceName": "b", "rdmaHcaMax": 10, "selectors": {"ifNames": ["ens1f1np1"]}}]}
      """
    let words = "also in a shared pool"
    #expect(InventoryPage(try Surveys.survey("connectx6-switchdev-infiniband", config: shared)).text.contains(words))
    #expect(!InventoryPage(try Surveys.survey("connectx6-switchdev-infiniband", config: nil)).text.contains(words))
  }
}
