import HostInventory
import KubeletAPI
import ResourcePools
import TestSupport
import Testing

@testable import NodeReport

@Suite("What inventory says of a node") struct InventoryReportTests {
  @Test func aTableHasALineForEachDevice() throws {
    let survey = try Surveys.survey()
    let lines = InventoryTable(survey).text.split(separator: "\n")
    let warnings = [
      "warnings:",
      "  intel.com/net: no network interface of 0000:3b:01.1 is here: Unhealthy unless a pod has it",
    ]
    #expect(lines.count == survey.records.count + 1 + warnings.count)
    #expect(lines.suffix(2).map(String.init) == warnings)
    #expect(
      lines.first
        == "DEVICE        KIND  OF              ID         DRIVER    NUMA  INTERFACE  LINK   VFS    GROUP  POOL")
    #expect(
      lines.contains(
        "0000:3b:01.0  VF    ens1f0#0        8086:1889  iavf      0     ens1f0v0   ether  -      40     intel.com/net"))
    #expect(
      lines.contains("0000:3b:01.3  VF    ens1f0#3        8086:1889  -         0     -          ether  -      43     -")
    )
  }

  @Test func npusHaveModelNodeAndCard() throws {
    let survey = try Surveys.survey("rebellions-ca25-cards", config: nil)
    let lines = InventoryTable(survey).text.split(separator: "\n")
    #expect(
      lines.first { $0.hasPrefix("0000:35:00.0") }?.split(separator: " ").suffix(2) == ["/dev/rbln0", "0000:32:00.0"])
    let npu = try #require(survey.records.first { $0.device.id == "0000:35:00.0" })
    #expect(npu.model == "Rebellions RBLN-CA25")
    let json = InventoryJSON(survey).text
    #expect(json.contains(#""node": "/dev/rbln0""#) && json.contains(#""card": "0000:32:00.0""#))
    let page = InventoryPage(survey).text
    #expect(page.split(separator: #"aria-label="card 0000:32:00.0""#).count == 2, "four NPUs in one frame")
    #expect(page.contains("<dt>node</dt><dd>/dev/rbln0</dd>"))
    let title = "<b>/dev/rbln0</b><small>0000:35:00.0 · rebellions</small><small>Rebellions RBLN-CA25</small>"
    #expect(page.contains(title))
    #expect(page.contains("<p class=\"counts\">12 NPUs</p>"))
  }

  @Test func aUBDeviceItsPodAndItsEndpointIdsStandTogether() throws {
    let (inventory, _) = try MachineTree(
      text: MachineTree.text(named: "kunpeng-ub")
        + "file sys/devices/virtual/ubcore/bonding_dev_1/eids/eid0 4245::1\n"
    ).read()
    let survey = try Surveys.survey(
      inventory, title: "m", config: nil,
      pods: [Surveys.pod("train", "unifiedbus.com/ub_net_device", ["bonding_dev_1"])])
    let line = InventoryTable(survey).text.split(separator: "\n").first { $0.hasPrefix("bonding_dev_1") }
    #expect(line?.contains("bonding_dev_1  4245::1  ") == true && line?.contains("default/train") == true)
    #expect(InventoryJSON(survey).text.contains(#""eids": ["#))
    let page = InventoryPage(survey).text
    #expect(page.contains("<dt>EID</dt><dd>4245::1</dd>") && page.contains("ubagg · EID 4245::1"))
    #expect(page.contains("<dt>pods</dt><dd>default/train (app)</dd>"))
  }

  @Test func podsAreThoseOfTheUnits() throws {
    let survey = try Surveys.survey(pods: [
      Surveys.pod("fast", "intel.com/dpdk", ["0000:3b:01.2::1", "0000:3b:01.2::0"]),
      // No pool of this configuration, but the id of a device here.
      Surveys.pod("old", "other.com/vf", ["0000:3b:01.3"]), Surveys.pod("gone", "intel.com/dpdk", ["0000:ff:00.0"]),
    ])
    let users = survey.records.filter { !$0.uses.isEmpty }
    #expect(users.map(\.device.id) == ["0000:3b:01.2", "0000:3b:01.3"])
    #expect(users.map { $0.uses.map(\.pod) } == [["fast"], ["old"]])
    #expect(users.map { $0.memberships.map(\.name) } == [["intel.com/dpdk"], []])
    #expect(InventoryTable(survey).text.contains("default/fast"))
  }

  private func claimed(_ prefix: String, _ name: String, _ unit: String, by claim: String) -> ClaimedUnit {
    ClaimedUnit(
      resource: ResourceName(prefix: prefix, name: name), unit: unit, isShared: prefix == "rdma", namespace: "default",
      claim: claim, driver: "devicepool")
  }

  /// Kubelet names the pods of our own claims; a claim whose pod it does not list stands for itself.
  @Test func unitsOfClaimsAreUsed() throws {
    let claim = PodResources.Claim(
      name: "c1", namespace: "default",
      devices: [.init(driver: "devicepool", pool: "node/intel.com/net", device: "0000-3b-01-0")])
    let pod = PodResources(
      name: "p", namespace: "default", containers: [.init(name: "app", devices: [], claims: [claim])])
    let survey = try Surveys.survey(
      pods: [pod, Surveys.pod("fast", "intel.com/dpdk", ["0000:3b:01.2::1"])],
      claims: [
        claimed("intel.com", "net", "0000:3b:01.0", by: "c1"), claimed("intel.com", "net", "0000:3b:01.1", by: "c2"),
        claimed("intel.com", "dpdk", "0000:3b:01.2::0", by: "c3"),
      ])
    let users = survey.records.filter { !$0.uses.isEmpty }
    #expect(users.map(\.device.id) == ["0000:3b:01.0", "0000:3b:01.1", "0000:3b:01.2"])
    #expect(
      users.map { $0.uses.map(\.holder) }
        == [["default/p"], ["claim c2 (devicepool) of default"], ["default/fast", "claim c3 (devicepool) of default"]])
    #expect(survey.pools.map { survey.usedUnits(of: $0) } == [2, 2])
    let json = InventoryJSON(survey).text
    #expect(json.contains(#""resource": "claim c1 (devicepool)""#))
    #expect(json.contains("\"claims\": [\n        \"claim c2 (devicepool) of default\"\n      ]"))
    #expect(InventoryTable(survey).text.contains("default/fast,claim c3 (devicepool) of default"))
    let page = InventoryPage(survey).text
    #expect(page.contains("<dd>claim c2 (devicepool) of default</dd>") && page.contains("2 used"))
    #expect(!page.contains("data-pod=\"2\""), "a claim is no pod")
  }

  /// The one device of a shared pool has another name than the devices behind it.
  @Test func aShareUsesAllDevicesOfItsPool() throws {
    let claim = PodResources.Claim(
      name: "c1", namespace: "default",
      devices: [.init(driver: "devicepool", pool: "node/rdma/a", device: "a")])
    let pod = PodResources(
      name: "p", namespace: "default", containers: [.init(name: "app", devices: [], claims: [claim])])
    let config = #"{"configList": [{"resourceName": "a", "rdmaHcaMax": 5, "selectors": {"vendors": ["15b3"]}}]}"#
    let plain = try Surveys.survey("connectx6-switchdev-infiniband", config: config)
    let unit = try #require(plain.pools.first?.units.first)
    let survey = try Surveys.survey(
      "connectx6-switchdev-infiniband", config: config, pods: [pod], claims: [claimed("rdma", "a", unit.id, by: "c1")])
    let users = survey.records.filter { $0.uses.map(\.holder) == ["default/p"] }
    #expect(Set(users.map(\.device.id)) == Set(unit.members.map(\.device.id)) && users.count > 1)
    #expect(survey.usedUnits(of: survey.pools[0]) == 1)
  }

  @Test func aDeviceOfTwoSharedPoolsIsInBoth() throws {
    let survey = try Surveys.survey(
      "connectx6-switchdev-infiniband",
      config: """
        {"configList": [
          {"resourceName": "a", "rdmaHcaMax": 1000, "selectors": {"vendors": ["15b3"], "deviceIDs": ["101d"]}},
          {"resourceName": "b", "rdmaHcaMax": 1000, "selectors": {"ifNames": ["ens1f1np1"]}}]}
        """)
    let both = survey.records.filter { $0.memberships.count == 2 }
    #expect(both.map(\.device.id) == ["0000:08:00.1"])
    #expect(both.first?.memberships.map(\.name) == ["rdma/a", "rdma/b"])
  }

  /// The list in `devicepool help inventory`; a key that is missing there would be one that nobody may rely on.
  @Test(arguments: ["intel-e810-x710", "connectx6-switchdev-infiniband", "igb-guest", "kunpeng-ub", "rebellions-atom"])
  func jsonHasTheKeysThatAreDocumented(_ machine: String) throws {
    let survey = try Surveys.survey(
      machine, config: machine == "intel-e810-x710" ? Surveys.pools : nil,
      pods: [Surveys.pod("fast", "intel.com/dpdk", ["0000:3b:01.2::1"])],
      health: { _, _ in .unhealthy(reason: "link is down") }, problems: [InventoryProblem(path: "p", reason: "r")])
    let text = InventoryJSON(survey).text
    let keys = Set(text.matches(of: #/"([A-Za-z]+)": ?/#).map { String($0.output.1) })
    #expect(keys.subtracting(Self.documented) == [])
    #expect(keys.isSuperset(of: ["devices", "pools", "problems", "id", "kind", "interfaces", "pods", "path"]))
  }

  private static let documented: Set = [
    "devices", "pools", "problems", "id", "kind", "vendor", "device", "model", "driver", "numaNode", "rootPort",
    "parent", "physicalFunction", "physicalFunctionName", "functionIndex", "virtualFunctions", "enabled", "total",
    "iommuGroup", "acpiIndex", "linkType", "interfaces", "name", "up", "carrier", "defaultRoute", "rdma",
    "characterDevices", "vdpa", "type", "path", "uio", "ddpProfile", "npu", "node", "card", "ub", "eids", "elsewhere",
    "health", "reason", "pods", "namespace",
    "container", "resource", "claims", "resourceName", "deviceType", "units", "healthy", "used", "warnings", "text",
  ]

  @Test func unhealthyDevicesSayWhy() throws {
    let survey = try Surveys.survey(health: { device, _ in
      device.id == "0000:3b:01.0" ? .unhealthy(reason: "link ens1f0 is up and has lost its carrier") : .healthy
    })
    #expect(survey.records.filter { $0.health != .healthy && $0.health != nil }.map(\.device.id) == ["0000:3b:01.0"])
    #expect(InventoryTable(survey).text.contains("link ens1f0 is up and has lost its carrier"))
    #expect(InventoryJSON(survey).text.contains(#""reason": "link ens1f0 is up and has lost its carrier""#))
  }

  @Test func aHostWithoutDevices() throws {
    let inventory = Inventory(devices: [], nodes: HostNodes(present: []))
    let survey = try Surveys.survey(
      inventory, title: "empty", config: nil, problems: [InventoryProblem(path: "sys/bus", reason: "no such directory")]
    )
    #expect(
      InventoryTable(survey).text == """
        no network, accelerator or UB device is on this host
        problems:
          sys/bus: no such directory
        """)
    #expect(InventoryJSON(survey).text.hasPrefix("{\n  \"devices\": [],\n  \"pools\": [],"))
    #expect(InventoryPage(survey).text.contains("No network, accelerator or UB device is on this host."))
  }
}
