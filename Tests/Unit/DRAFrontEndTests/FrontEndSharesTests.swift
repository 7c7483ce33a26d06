import HostInventory
import ResourcePools
import TestSupport
import Testing

@Suite("One owner for each device") struct FrontEndSharesTests {
  private let net = ResourceName(prefix: "intel.com", name: "net")

  private func pool(serve: String, replicas: Int = 1) throws -> ResourcePool {
    let text = """
      {"resourceList":[{"resourceName":"net","serve":"\(serve)","replicas":\(replicas),"selectors":{"drivers":["iavf"]}}]}
      """
    let (config, problems) = PluginConfig.decode(
      Array(text.utf8), file: "config.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any))
    let usable = try #require(config, "\(problems)")
    let (inventory, _) = try MachineTree(named: "intel-e810-x710").read()
    return try #require(PoolPartition(inventory: inventory, pools: usable.pools).pools.first)
  }

  private func shares(
    _ pool: ResourcePool, plugin: Set<String> = [], claims: Set<String> = [], remembered: Bool = false
  ) -> FrontEndShares {
    var holders = FrontEndShares.Holders()
    holders.plugin = [net: plugin]
    holders.claims = [net: claims]
    if remembered { holders.remembered = [net] }
    return FrontEndShares([pool], holders: holders)
  }

  @Test func aPoolThatNobodyHasIsWithItsFrontEnd() throws {
    let plugin = shares(try pool(serve: "devicePlugin"))
    #expect(plugin.devicePlugin.count == 1 && plugin.dra.isEmpty && !plugin.isMoving)
    let dra = shares(try pool(serve: "dra"))
    #expect(dra.devicePlugin.isEmpty && dra.dra.count == 1 && !dra.isMoving)
  }

  /// Whoever holds what: no unit is with both, none is lost, and what is held is healthy nowhere.
  @Test(arguments: ["devicePlugin", "dra"], [1, 3])
  func noDeviceHasTwoOwners(_ serve: String, _ replicas: Int) throws {
    let pool = try pool(serve: serve, replicas: replicas)
    let ids = pool.units.map(\.id)
    #expect(ids.count >= 4)
    for count in 0...ids.count {
      let held = Set(ids.prefix(count))
      let shares = serve == "dra" ? shares(pool, plugin: held) : shares(pool, claims: held)
      let plugin = Set(shares.devicePlugin.flatMap(\.units).map { UnitID.device(of: $0.id) })
      let dra = Set(shares.dra.flatMap(\.units).map { UnitID.device(of: $0.id) })
      #expect(plugin.isDisjoint(with: dra))
      #expect(plugin.union(dra) == Set(ids.map(UnitID.device)))
      #expect(shares.isMoving == (count > 0))
      let moving = (serve == "dra" ? shares.devicePlugin : shares.dra).flatMap(\.units)
      #expect(moving.allSatisfy { $0.health != .healthy })
      #expect(held.isSubset(of: moving.map(\.id)))
    }
  }

  /// Kubelet up to 1.36 needs an endpoint for a resource that its checkpoint remembers.
  @Test func aRememberedResourceKeepsAnEndpoint() throws {
    let shares = shares(try pool(serve: "dra"), remembered: true)
    #expect(shares.devicePlugin.map { $0.units.map(\.id) } == [[FrontEndShares.placeholder]])
    #expect(shares.devicePlugin[0].units[0].health != .healthy)
    #expect(!shares.isMoving)
  }
}
