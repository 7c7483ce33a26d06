import JSONText
import ResourcePools
import Testing

@Suite("Every key refuses every wrong type at its place")
struct ConfigTypeTests {
  struct Trial: Sendable, CustomTestStringConvertible {
    let key: ConfigKey
    let scope: ConfigKey.Scope
    let value: String
    let type: String

    var testDescription: String { "\(scope.path).\(key.name) = \(value) on \(type)" }
  }

  private static let samples = [
    "true", "5", "-1", "1.5", #""word""#, "[]", #"["word"]"#, "[5]", "{}", #"{"a":5}"#, "null",
  ]

  /// Each key of the reference with each sample that its type does not allow.
  static let trials: [Trial] = ConfigReference.scopes.flatMap { scope in
    ConfigReference.keys(of: scope).flatMap { key in
      samples.filter { !key.type.allows($0) }.map { value in
        Trial(key: key, scope: scope, value: value, type: key.deviceTypes.first ?? "netDevice")
      }
    }
  }

  @Test(arguments: trials)
  func refused(_ trial: Trial) {
    let decoded = Decoded(ConfigSample.text(with: trial.key.name, trial.value, in: trial.scope, type: trial.type))
    #expect(decoded.config == nil)
    let path = ConfigSample.path(of: trial.key.name, in: trial.scope)
    #expect(decoded.wrong.contains { $0.hasPrefix(path) }, "\(decoded.errors)")
    let problem = decoded.problems.first { $0.path.description.hasPrefix(path) && $0.severity == .error }
    #expect(problem?.line != nil && problem?.column != nil)
    #expect(problem?.reason.contains("expected") == true)
  }

  /// No key of the reference is unknown to the decoder, and null is the same as absence wherever absence is allowed.
  @Test(arguments: ConfigReference.scopes)
  func nullIsAbsence(scope: ConfigKey.Scope) {
    for key in ConfigReference.keys(of: scope) where key.absent != nil && key.type != .objects(.resourcePool) {
      for type in key.deviceTypes.isEmpty ? ["netDevice", "ubNetDevice"] : key.deviceTypes {
        let decoded = Decoded(ConfigSample.text(with: key.name, "null", in: scope, type: type))
        #expect(!decoded.warnings.contains { $0.contains("unknown key") }, "\(scope.path).\(key.name) on \(type)")
      }
    }
  }

  @Test func integersHaveBounds() {
    for (scope, name, value) in [
      (ConfigKey.Scope.file, "periodicUpdateInterval", "-1"), (.resourcePool, "replicas", "0"),
      (.resourcePool, "replicas", "100001"), (.option("netns"), "reconcileSeconds", "-1"),
      (.sharedPool, "rdmaHcaMax", "-1"), (.sharedPool, "rdmaHcaMax", "99999999999999999999"),
      (.resourcePool, "replicas", "1e2"),
    ] {
      let decoded = Decoded(ConfigSample.text(with: name, value, in: scope, type: "ubNetDevice"))
      #expect(decoded.wrong == [ConfigSample.path(of: name, in: scope)])
    }
  }

  @Test func choicesAreNamed() {
    #expect(
      Decoded(pool: #""resourceName":"a","selectors":{},"preferredAllocation":"Packed""#).errors
        == [
          "resourceList[0].preferredAllocation: found the string \"Packed\", expected none, packed, spread or topology"
        ])
    #expect(
      Decoded(pool: #""resourceName":"a","selectors":{},"healthChecks":["link","carrier"]"#).errors
        == [
          "resourceList[0].healthChecks[1]: found the string \"carrier\", "
            + "expected present, driver, link, group, interface or claim"
        ])
  }
}

/// A configuration that is right but for one key.
enum ConfigSample {
  static func text(with key: String, _ value: String, in scope: ConfigKey.Scope, type: String) -> String {
    let member = #""\#(key)":\#(value)"#
    // The key under test stands last: it counts, whatever the sample says before.
    switch scope {
    case .file:
      return #"{"resourceList":[{"resourceName":"a","selectors":{}}],"configList":[\#(shared())],\#(member)}"#
    case .resourcePool: return "{\"resourceList\":[{\(pool(type)),\(member)}]}"
    case .selectors:
      let aux = type == "auxNetDevice" && key != "auxTypes" ? #""auxTypes":["sf"],"# : ""
      return #"{"resourceList":[{"resourceName":"a","deviceType":"\#(type)","selectors":{\#(aux)\#(member)}}]}"#
    case .option(let name):
      let option = ConfigReference.keys(of: .resourcePool).first { $0.name == name }
      return "{\"resourceList\":[{\(pool(option?.deviceTypes.first ?? type)),\"\(name)\":{\(member)}}]}"
    case .sharedPool: return "{\"configList\":[\(shared(member))]}"
    case .sharedSelectors:
      return #"{"configList":[{"resourceName":"a","rdmaHcaMax":1,"selectors":{"ifNames":["x"],\#(member)}}]}"#
    }
  }

  static func path(of key: String, in scope: ConfigKey.Scope) -> String {
    let object = scope.path.replacing("[]", with: "[0]")
    return object.isEmpty ? key : "\(object).\(key)"
  }

  private static func pool(_ type: String) -> String {
    let selectors = type == "auxNetDevice" ? #"{"auxTypes":["sf"]}"# : "{}"
    return #""resourceName":"a","deviceType":"\#(type)","selectors":\#(selectors)"#
  }

  private static func shared(_ member: String? = nil) -> String {
    let selectors = member?.contains("devices") == true ? "" : #""selectors":{"ifNames":["ib0"]},"#
    return #"{"resourceName":"b","rdmaHcaMax":1,\#(selectors)\#(member ?? #""resourcePrefix":"rdma""#)}"#
  }
}

extension ConfigKey.ValueType {
  /// Whether a sample is of the type; null is of every type that may be absent, and is left to other tests.
  fileprivate func allows(_ sample: String) -> Bool {
    guard sample != "null" else { return true }
    switch self {
    case .text: return sample.hasPrefix("\"")
    case .texts, .choices: return sample == "[]" || (self == .texts && sample == #"["word"]"#)
    case .flag: return sample == "true"
    case .integer: return sample == "5"
    case .choice: return false
    case .object: return sample.hasPrefix("{")
    case .objects: return sample == "[]"
    case .objectOrObjects: return sample == "{}" || sample.hasPrefix("{")
    case .additionalInfo: return sample == "{}"
    case .ignored: return true
    }
  }
}
