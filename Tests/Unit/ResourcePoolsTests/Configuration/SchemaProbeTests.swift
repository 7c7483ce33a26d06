import JSONText
import ResourcePools
import Testing

/// Every key with a value of every kind: the decoder refuses by type exactly what the schema refuses.
@Suite("Each key of the schema") struct SchemaProbeTests {
  private static let values = [
    "true", "7", "-1", #""x""#, "[]", #"["x"]"#, "[7]", "[{}]", "{}", #"{"x":"y"}"#,
    #"{"x":{"y":"z"}}"#,
    #"{"x":{"y":7}}"#, #"[["x"]]"#, "[null]", #"{"x":null}"#, #"{"x":{"y":null}}"#,
  ]

  /// A place with an error has nothing else to say, and nobody draws conclusions from it.
  @Test(arguments: ConfigReference.scopes)
  func aValueOfAnotherTypeIsOneProblem(_ scope: ConfigKey.Scope) {
    for key in ConfigReference.keys(of: scope) where key.type != .ignored {
      for value in Self.values + [#"["x",7,"15b3"]"#] {
        let text = Self.file(with: key, value, in: scope)
        let problems = Decoded(text).problems
        guard problems.contains(where: { $0.reason.hasPrefix("found ") }) else { continue }
        #expect(Set(problems.map(\.column)).count == problems.count, "\(text): \(problems)")
        let conclusions = problems.filter { problem in
          ["missing", "selects no", "no pool"].contains { problem.reason.hasPrefix($0) }
        }
        #expect(conclusions == [], "\(text)")
      }
    }
  }

  @Test(arguments: ConfigReference.scopes)
  func refusesByTypeWhatTheDecoderRefuses(_ scope: ConfigKey.Scope) throws {
    let schema = SchemaCheck(root: try JSONNode.parse(Array(ConfigSchema.text.utf8)))
    for key in ConfigReference.keys(of: scope) where key.type != .ignored {
      var refused = 0
      let isPath = ["socket", "containerRuntimeEndpoint"].contains(key.name)
      let values = Self.values(for: key).map { isPath && $0 == #""x""# ? #""/x""# : $0 }
      for value in values {
        let text = Self.file(with: key, value, in: scope)
        let isRefused = Decoded(text, defaults: Self.strict).problems.contains { problem in
          problem.severity == .error && ["found ", "unknown key"].contains { problem.reason.hasPrefix($0) }
        }
        let faults = schema.faults(of: try JSONNode.parse(Array(text.utf8))).filter { !Self.isOfGrammar($0) }
        #expect(isRefused == !faults.isEmpty, "\(text): decoder refuses: \(isRefused), schema: \(faults)")
        if isRefused { refused += 1 }
      }
      if case .objects = key.type { refused -= 1 }
      #expect(refused > 3 && refused < values.count, "\(key.name): the decoder never looks at its type")
    }
  }

  /// Null leaves what was there before: nothing, which is right wherever the key may be absent.
  @Test(arguments: ConfigReference.scopes)
  func nullIsForBothAbsence(_ scope: ConfigKey.Scope) throws {
    let schema = SchemaCheck(root: try JSONNode.parse(Array(ConfigSchema.text.utf8)))
    for key in ConfigReference.keys(of: scope) where key.type != .ignored {
      let text = Self.file(with: key, "null", in: scope)
      let errors = Decoded(text, defaults: Self.strict).errors
      let faults = schema.faults(of: try JSONNode.parse(Array(text.utf8)))
      #expect(errors.isEmpty == faults.isEmpty, "\(text): decoder: \(errors), schema: \(faults)")
      let isNeeded = key.absent == nil || Self.needed[scope]?.contains(key.name) == true
      #expect(errors.isEmpty || isNeeded, "\(text): \(errors)")
    }
  }

  /// What a file or pool needs one of, and has no other of.
  private static let needed: [ConfigKey.Scope: [String]] = [
    .file: ["resourceList"], .sharedPool: ["selectors", "devices"],
  ]

  /// The schema knows no key without effect, and neither does -strict-config.
  private static let strict = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: true, node: .any)

  /// With a word that the key takes; without lists of pools that hold nothing, which is no matter of types.
  private static func values(for key: ConfigKey) -> [String] {
    switch key.type {
    case .choice(let words): values + words.prefix(1).map { "\"\($0)\"" }
    case .objects: values.filter { !["[]", "[{}]"].contains($0) }
    default: values
    }
  }

  /// Names, lengths and what has to be there: not a matter of types.
  private static func isOfGrammar(_ fault: String) -> Bool {
    ["no such name", "too few", "not ", "no resourceName", "no selectors", "no devices", "no auxTypes"]
      .contains { fault.components(after: ": ").hasPrefix($0) }
  }

  /// A file that is right but, perhaps, for this value.
  private static func file(with key: ConfigKey, _ value: String, in scope: ConfigKey.Scope) -> String {
    func object(_ others: [(String, String)]) -> String {
      let fields = others.filter { $0.0 != key.name } + [(key.name, value)]
      return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
    let type = key.deviceTypes.first ?? "netDevice"
    func pool(_ selectors: String, _ type: String = "netDevice", _ others: String = "") -> String {
      #"{"resourceList":[{"resourceName":"a","deviceType":"\#(type)","selectors":\#(selectors)\#(others)}]}"#
    }
    switch scope {
    case .file: return object([("resourceList", #"[{"resourceName":"a","selectors":{}}]"#)])
    case .resourcePool:
      let fields = [
        ("resourceName", type == "ubNetDevice" ? #""ub_net_device""# : #""a""#), ("deviceType", "\"\(type)\""),
        ("selectors", "{}"),
      ]
      return "{\"resourceList\":[\(object(fields))]}"
    case .selectors: return pool(object(type == "auxNetDevice" ? [("auxTypes", #"["sf"]"#)] : []), type)
    case .option(let name):
      return #"{"resourceList":[{"deviceType":"ubNetDevice","selectors":{},"\#(name)":\#(object([]))}]}"#
    case .sharedPool:
      let fields = [("resourceName", #""a""#), ("rdmaHcaMax", "1"), ("selectors", #"{"vendors":["15b3"]}"#)]
      return "{\"configList\":[\(object(key.name == "devices" ? Array(fields.prefix(2)) : fields))]}"
    case .sharedSelectors:
      let selectors = object([("vendors", #"["15b3"]"#), ("ifNames", #"["x"]"#)])
      return #"{"configList":[{"resourceName":"a","rdmaHcaMax":1,"selectors":\#(selectors)}]}"#
    }
  }
}

extension String {
  /// What follows the first of these separators; all of it when there is none.
  fileprivate func components(after separator: String) -> String {
    guard let range = firstRange(of: separator) else { return self }
    return String(self[range.upperBound...])
  }
}
