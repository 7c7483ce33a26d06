import Linux
import ResourcePools
import TestSupport
import Testing

@testable import Effects

@Suite("Files of earlier runs")
struct StaleFilesTests {
  private static let config = """
    {"resourceList": [
      {"resourceName": "a", "selectors": {"vendors": ["8086"]}},
      {"resourceName": "a-b", "selectors": {"vendors": ["15b3"]}},
      {"resourceName": "acc", "deviceType": "accelerator", "selectors": {"vendors": ["8086"]}}
    ]}
    """

  private func pools() throws -> [PoolConfig] {
    let (config, problems) = PluginConfig.decode(
      Array(Self.config.utf8), file: "config.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .unnamed))
    return try #require(config, "\(problems)").pools
  }

  private func stale(held: [HeldUnit]? = []) -> StaleFiles {
    StaleFiles(deviceInfoDirectory: "/nowhere", cdiDirectory: "/nowhere", held: held)
  }

  @Test(arguments: [
    ("intel.com-a-0000:3b:02.0-device.json", true), ("intel.com-a-b-0000:3b:02.0-device.json", true),
    ("intel.com-a-10000:01:00.0::3-device.json", true), ("intel.com-acc-0000:3b:02.0-device.json", false),
    ("intel.com-c-0000:3b:02.0-device.json", false), ("intel.com-a-x-device.json", false),
    ("intel.com-a-0000:3b:02.0-device.json.bak", false), ("nvidia.com-a-0000:3b:02.0-device.json", false),
  ])
  func onlyOwnNamesAreLookedAt(_ name: String, _ isStale: Bool) throws {
    #expect(stale().isStale(deviceInfo: name, pools: try pools()) == isStale)
  }

  @Test func aDeviceOfAPodKeepsItsFile() throws {
    let held = [HeldUnit(pool: ResourceName(prefix: "intel.com", name: "a"), unit: "0000:3b:02.0")]
    let files = stale(held: held)
    #expect(!files.isStale(deviceInfo: "intel.com-a-0000:3b:02.0-device.json", pools: try pools()))
    #expect(files.isStale(deviceInfo: "intel.com-a-0000:3b:02.1-device.json", pools: try pools()))
  }

  @Test(arguments: [
    ("sriov-dp-stale.yaml", true), ("other.yaml", false), ("sriov-dp-intel.com-net-pci-a.json", false),
    ("sriov-dp-intel.com-net-pci-a.yaml", true), ("sriov-dp-intel.com-net-pci-gone.json", true),
    ("sriov-dp-note.txt", false), ("nvidia.com-gpu.json", false),
  ])
  func specsOfPoolsThatAreNoMoreGo(_ name: String, _ isStale: Bool) throws {
    #expect(stale().isStale(spec: name, pools: try pools()) == isStale)
  }

  @Test func aPodsSpecStaysThoughItsPoolHasGone() throws {
    let held = [HeldUnit(pool: ResourceName(prefix: "intel.com", name: "gone"), unit: "0000:3b:02.0")]
    #expect(!stale(held: held).isStale(spec: "sriov-dp-intel.com-net-pci-gone.json", pools: try pools()))
  }

  @Test func withoutKubeletsWordNothingFinishedGoes() throws {
    #expect(!stale(held: nil).isStale(deviceInfo: "intel.com-a-0000:3b:02.0-device.json", pools: try pools()))
    #expect(!stale(held: nil).isStale(spec: "sriov-dp-stale.yaml", pools: try pools()))
  }

  /// 4194305 is above the largest process number that Linux has.
  @Test(arguments: [
    (".intel.com-a-0000:3b:02.0-device.json.4194305", true), (".sriov-dp-intel.com-net-pci-a.json.4194305", true),
    (".intel.com-a-0000:3b:02.0-device.json.7.4194305", true), (".intel.com-a-0000:3b:02.0-device.json.7.1", false),
    (".intel.com-a-0000:3b:02.0-device.json.x.4194305", false), (".7.4194305", false),
    (".intel.com-a-0000:3b:02.0-device.json.1", false), (".intel.com-c-0000:3b:02.0-device.json.4194305", false),
    (".intel.com-a-0000:3b:02.0-device.json.x", false), (".other.json.4194305", false), (".4194305", false),
    (".intel.com-a-0000:3b:02.0-device.json", false), (".intel.com-a-0000:3b:02.0-device.json.-5", false),
  ])
  func whatWasNeverFinishedGoes(_ name: String, _ goes: Bool) throws {
    let directory = try TemporaryDirectory()
    try AtomicFile(path: "\(directory.path)/\(name)", mode: 0o644).write("x")
    let files = StaleFiles(deviceInfoDirectory: directory.path, cdiDirectory: directory.path, held: nil)
    _ = files.remove(pools: try pools())
    #expect(directory.names.contains(name) != goes)
  }

  @Test func filesAreRemovedAndOthersStay() throws {
    let directory = try TemporaryDirectory()
    for name in ["intel.com-a-0000:3b:02.0-device.json", "sriov-dp-stale.yaml", "other.yaml"] {
      try AtomicFile(path: "\(directory.path)/\(name)", mode: 0o644).write("x")
    }
    let files = StaleFiles(deviceInfoDirectory: directory.path, cdiDirectory: directory.path, held: [])
    let removed = files.remove(pools: try pools())
    #expect(removed.count == 2)
    #expect(try SmallFile.read("\(directory.path)/other.yaml") == "x")
  }
}
