import HostInventory
import KubeletAPI
import Testing

@testable import ResourcePools

/// kubelet reads no list beyond 4 MiB.
@Suite("The size of a list") struct ListLimitTests {
  private func bytes(_ pool: ResourcePool) -> Int {
    ListAndWatchResponse(
      devices: pool.units.map { PluginDevice(id: $0.id, isHealthy: false, numaNodes: pool.topology(of: $0)) }
    ).encoded().count
  }

  /// Today's 160,000 ids of one pool made no resource at all.
  @Test func asManyReplicasAsFitAreOffered() throws {
    var config = try Pools.config([["drivers": ["vfio-pci"]]])
    config.replicas = 80_000
    let pool = Pools.partition(Machines.mixed, config).pools[0]
    let excess = try #require(pool.excess)
    #expect(excess.asked == 80_000)
    #expect(excess.devices == 2)
    #expect(excess.reason.hasPrefix("found 80000 for each of 2 devices, expected at most \(excess.maximum): "))
    #expect("\(excess.path)" == "resourceList[0].replicas")
    #expect(pool.units.count == 2 * excess.maximum)
    #expect(bytes(pool) <= ListLimit.bytes)
    #expect(bytes(pool) > ListLimit.bytes * 8 / 10, "no smaller than it has to be")
  }

  @Test func aListThatFitsIsWhole() throws {
    var config = try Pools.config([["drivers": ["vfio-pci"]]])
    config.replicas = 40_000
    let pool = Pools.partition(Machines.mixed, config).pools[0]
    #expect(pool.excess == nil)
    #expect(pool.units.count == 80_000)
    #expect(bytes(pool) <= ListLimit.bytes)
  }

  @Test func theLargestSharedPoolFits() {
    let ids = (0..<200_000).map { PluginDevice(id: String($0), isHealthy: false, numaNodes: nil) }
    #expect(ListAndWatchResponse(devices: ids).encoded().count <= ListLimit.bytes)
  }

  @Test(arguments: [
    (#"{"resourceList":[{"resourceName":"v","replicas":90001,"selectors":{"drivers":["vfio-pci"]}}]}"#, "90000"),
    (#"{"configList":[{"resourceName":"s","rdmaHcaMax":200001,"selectors":{"vendors":["15b3"]}}]}"#, "200000"),
  ]) func moreThanAnyListHoldsIsAnError(_ text: String, _ maximum: String) {
    let (_, problems) = PluginConfig.decode(
      Array(text.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    #expect(problems.contains { $0.severity == .error && "\($0)".contains(maximum) }, "\(problems)")
  }
}
