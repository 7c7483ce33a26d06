import HostInventory
import ResourcePools
import Testing

@Suite("Labels for node-feature-discovery") struct FeatureLabelsTests {
  @Test func countAndProductOfEachPool() throws {
    let partition = Pools.partition(
      Machines.sixFunctions, try Pools.config([["drivers": ["iavf"]]], name: "vfs"),
      try Pools.config([["drivers": ["nothing"]]], name: "empty"), try Pools.config(name: "rest"))
    #expect(
      FeatureLabels(partition).text == """
        intel.com/vfs.count=6
        intel.com/vfs.product=8086-154c
        intel.com/rest.count=1
        intel.com/rest.product=8086-1533

        """)
  }

  @Test func aDeviceOfSeveralUnitsCountsOnce() throws {
    var config = try Pools.config([["drivers": ["iavf"]]])
    config.replicas = 10
    #expect(FeatureLabels(Pools.partition(Machines.sixFunctions, config)).text.hasPrefix("intel.com/a.count=6\n"))
  }

  /// A label's name has 63 characters at most, its value too.
  @Test func labelsFit() throws {
    let long = try Pools.config(name: String(repeating: "n", count: 60))
    #expect(FeatureLabels(Pools.partition(Machines.sixFunctions, long)).text.isEmpty)
    let many = Inventory(
      devices: (0..<9).map { Machines.network("0000:0\($0):00.0", 0x8086, UInt16($0), driver: "ice") },
      nodes: Machines.nodes)
    for line in FeatureLabels(Pools.partition(many, try Pools.config())).text.split(separator: "\n") {
      #expect((line.split(separator: "=").last?.count ?? 0) <= 63, "\(line)")
    }
  }
}
