import ResourcePools
import Testing

@Suite("The reference of keys")
struct ConfigReferenceTests {
  @Test func everyKeyIsExplained() {
    for scope in ConfigReference.scopes {
      let keys = ConfigReference.keys(of: scope)
      #expect(!keys.isEmpty)
      #expect(Set(keys.map { $0.name.lowercased() }).count == keys.count)
      for key in keys {
        #expect(key.meaning.count > 10 && key.meaning.last == ".", "\(key.name)")
        #expect(Set(key.deviceTypes).isSubset(of: DeviceTypeCatalog.all.map(\.name)), "\(key.name)")
      }
    }
  }

  @Test func selectorsAreTheDeviceTypes() throws {
    let selectors = ConfigReference.keys(of: .selectors)
    let pfNames = try #require(selectors.first { $0.name == "pfNames" })
    #expect(pfNames.deviceTypes == ["netDevice", "auxNetDevice"])
    #expect(pfNames.type == .texts)
    #expect(selectors.first { $0.name == "auxTypes" }?.absent == nil)
    #expect(selectors.first { $0.name == "isRdma" }?.type == .flag)
    #expect(
      ConfigReference.keys(of: .sharedSelectors).map(\.name) == [
        "vendors", "deviceIDs", "drivers", "ifNames", "linkTypes",
      ])
  }
}
