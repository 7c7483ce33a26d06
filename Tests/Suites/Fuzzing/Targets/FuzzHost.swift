import Foundation
import HostInventory
import ResourcePools

/// Hosts and configurations that inputs are tried on; read once.
enum FuzzHost {
  private static let fuzzing = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// A small machine with one of each kind of device.
  static let small = machine(fuzzing.appendingPathComponent("one-of-each.tree"))

  /// The devices of that machine and of all recorded ones.
  static let inventory: Inventory = {
    let recorded = fuzzing.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Machines")
    let files = (try? FileManager.default.contentsOfDirectory(at: recorded, includingPropertiesForKeys: nil)) ?? []
    var devices: [String: Device] = [:]
    for machine in files.sorted(by: { $0.path < $1.path }).map(machine) + [small] {
      let tree = FuzzTree(machine)
      for device in Inventory.read(from: tree.root, kernel: machine.kernel).0.devices { devices[device.id] = device }
    }
    return Inventory(
      devices: devices.values.sorted { $0.id < $1.id }, nodes: HostNodes(present: Set(HostNodes.Node.allCases)))
  }()

  /// Pools of every type that take every device.
  static let everyPool: PluginConfig = {
    let text = """
      {"resourceList": [
        {"resourceName": "rdma", "selectors": {"isRdma": true, "needVhostNet": true}},
        {"resourceName": "vdpa", "selectors": {"vdpaType": "vhost"}},
        {"resourceName": "net", "preferredAllocation": "topology", "replicas": 2,
         "selectors": [{"pfNames": ["ens1f0#0-1"]}, {"linkTypes": ["ether"], "pKeys": ["0x8001"]}, {}]},
        {"resourceName": "sf", "deviceType": "auxNetDevice", "selectors": {"auxTypes": ["sf"]}},
        {"resourceName": "npu", "deviceType": "accelerator", "rsdGroups": true, "selectors": {"vendors": ["1eff"]}},
        {"resourceName": "cards", "deviceType": "accelerator", "resetOnAllocate": true, "selectors": {}},
        {"deviceType": "ubNetDevice", "selectors": {}}],
       "configList": [{"resourceName": "hca", "rdmaHcaMax": 3, "selectors": {"linkTypes": ["ether", "infiniband"]}}]}
      """
    let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any)
    guard let config = PluginConfig.decode(Array(text.utf8), file: "every", defaults: defaults).0 else {
      fatalError("the fuzzers' own configuration can't be read")
    }
    return config
  }()

  private static func machine(_ file: URL) -> MachineFile {
    guard let text = try? String(contentsOf: file, encoding: .utf8), let machine = try? MachineFile(parsing: text)
    else { fatalError("\(file.path) can't be read") }
    return machine
  }
}
