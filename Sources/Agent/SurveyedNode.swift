import HostInventory
import KubeletAPI
import KubeletState
import Linux
import NodeReport
import Observability
import ResourcePools
import UnifiedBus

/// What the agent knows of its node at one moment, for the page `/inventory` and its JSON.
struct SurveyedNode: Sendable {
  let title: String
  let inventory: Inventory
  let partition: PoolPartition
  let problems: [InventoryProblem]
  let nodeName: String
  let configFiles: [String]

  /// The limit of devices on the page, which has 6 MB then. The largest measured host has 4096 functions.
  private static let mostDevices = 10_000

  /// `pods` are kubelet's; nil when unknown. `claims` are the units of our own prepared claims. `described` is what
  /// kubelet keeps about UB devices.
  func page(
    _ path: String, pods: [PodResources]?, claims: [ClaimedUnit], described: [String: DescribedUBDevice]
  ) -> HTTPService.Page {
    guard inventory.devices.count <= Self.mostDevices else {
      let words = "\(inventory.devices.count) devices are too many for a page: run devicepool inventory in this pod"
      return HTTPService.Page(status: 503, body: "\(words)\n")
    }
    let excesses = partition.pools.compactMap(\.excess).map { InventoryProblem(path: "\($0.path)", reason: $0.reason) }
    let survey = NodeSurvey(
      title: title, inventory: inventory.completed(by: described), partition: partition, problems: problems + excesses,
      // Read again for each page, because pci.ids takes 5 MB of memory.
      pods: pods, claims: claims, names: PCINames(),
      context: NodeSurvey.Context(
        nodeName: nodeName, time: ClockText.now, version: Version.number, configFiles: configFiles))
    if path == "/inventory.json" {
      return HTTPService.Page(status: 200, type: "application/json", body: InventoryJSON(survey).text + "\n")
    }
    return HTTPService.Page(
      status: 200, type: "text/html; charset=utf-8", policy: InventoryPage.policy,
      body: InventoryPage(survey).text + "\n")
  }
}
