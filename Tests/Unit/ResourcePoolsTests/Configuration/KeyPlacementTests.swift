import ResourcePools
import Testing

/// A key of another object gets a hint where it belongs.
@Suite("Keys in the wrong object") struct KeyPlacementTests {
  @Test(arguments: ["excludeTopology", "deviceType", "resourcePrefix", "additionalInfo", "ResourceName", "replicas"])
  func poolKeysInSelectors(key: String) {
    let decoded = Decoded(selectors: #"{"\#(key)":true}"#)
    #expect(decoded.warnings.first?.contains("belongs beside selectors") == true, "\(decoded.warnings)")
  }

  @Test(
    arguments: [
      (#"{"resourceName":"a","resourceList":[]}"#, "belongs in an entry of resourceList or configList"),
      (#"{"selectors":{},"resourceList":[]}"#, "belongs in an entry of resourceList or configList"),
      (#"{"excludeTopology":true,"resourceList":[]}"#, "belongs in an entry of resourceList"),
      (#"{"rdmaHcaMax":5,"configList":[]}"#, "belongs in an entry of configList"),
      (#"{"pfNames":[],"resourceList":[]}"#, "belongs in the selectors of an entry of resourceList"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{},"rdmaHcaMax":5}]}"#, "is for pools of configList"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{},"ifNames":["x"]}]}"#, "is for pools of configList"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{},"isRdma":true}]}"#, "isRdma belongs in selectors"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{},"pollSeconds":5}]}"#, "belongs in ubse"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{"ifNames":["x"]}}]}"#, "is for pools of configList"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{"deviceIDs":["101b"]}}]}"#, "are called devices here"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{"names":["x"]}}]}"#, "it is for ubNetDevice"),
      (#"{"resourceList":[{"resourceName":"a","selectors":{},"periodicUpdateInterval":5}]}"#, "at the top level of"),
      (
        #"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"selectors":{"vendors":["15b3"],"devices":["101b"]}}]}"#,
        "are called deviceIDs here"
      ),
      (
        #"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"vendors":["15b3"],"selectors":{"drivers":["x"]}}]}"#,
        "vendors belongs in selectors"
      ),
      (
        #"{"configList":[{"resourceName":"a","selectors":{"vendors":["15b3"],"rdmaHcaMax":5}}]}"#,
        "rdmaHcaMax belongs beside selectors"
      ),
      (
        #"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"selectors":{"vendors":["15b3"],"pfNames":["x"]}}]}"#,
        "is for pools of resourceList"
      ),
      (
        #"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"deviceType":"netDevice","selectors":{"drivers":["x"]}}]}"#,
        "is for pools of resourceList"
      ),
    ])
  func others(text: String, hint: String) {
    let decoded = Decoded(text)
    #expect(decoded.warnings.contains { $0.contains("unknown key") && $0.contains(hint) }, "\(decoded.problems)")
  }

  /// A key of every object in every other object says where it belongs.
  @Test(arguments: [ConfigKey.Scope.file, .resourcePool, .sharedPool, .selectors, .sharedSelectors])
  func everyKeyElsewhere(scope: ConfigKey.Scope) {
    let places: [(ConfigKey.Scope, (String) -> String)] = [
      (.file, { #"{"resourceList":[],"\#($0)":null}"# }),
      (.resourcePool, { #"{"resourceList":[{"resourceName":"a","selectors":{},"\#($0)":null}]}"# }),
      (.selectors, { #"{"resourceList":[{"resourceName":"a","selectors":{"\#($0)":null}}]}"# }),
      (.sharedPool, { #"{"configList":[{"resourceName":"a","selectors":{"vendors":["15b3"]},"\#($0)":null}]}"# }),
      (.sharedSelectors, { #"{"configList":[{"resourceName":"a","selectors":{"vendors":["15b3"],"\#($0)":null}}]}"# }),
    ]
    for (place, text) in places where place != scope {
      let known = ConfigReference.keys(of: place).map(\.name)
      for key in ConfigReference.keys(of: scope) where key.type != .ignored && !known.contains(key.name) {
        let decoded = Decoded(text(key.name))
        let said = decoded.problems.first { $0.reason.hasPrefix("unknown key") }?.reason ?? "nothing"
        #expect(said.contains(";") || said.contains("it is for"), "\(key.name) in \(place): \(said)")
      }
    }
  }
}
