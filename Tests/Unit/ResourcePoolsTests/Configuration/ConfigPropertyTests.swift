import JSONText
import ResourcePools
import TestSupport
import Testing

@Suite("Whatever a configuration says, it is decoded or refused")
struct ConfigPropertyTests {
  /// Random objects made of known and unknown keys and values of all types.
  @Test(arguments: 0..<200)
  func randomConfigurations(seed: UInt64) {
    var random = ConfigGenerator(seed: seed, care: .wild)
    let text = random.file()
    let decoded = Decoded(text)
    let hasErrors = decoded.problems.contains { $0.severity == .error }
    #expect((decoded.config == nil) == hasErrors, "\(text)")
    for problem in decoded.problems {
      #expect(problem.line != nil && problem.column != nil, "\(problem) of \(text)")
      #expect(!problem.path.description.isEmpty || text.first != "{", "\(problem) of \(text)")
      #expect(!problem.reason.isEmpty && problem.file == "config.json")
      #expect(!problem.description.utf8.contains(UInt8(ascii: "\n")))
      #expect(problem.reason.last != "." && problem.description.utf8.count < 600, "\(problem)")
    }
    #expect(Decoded(text).problems == decoded.problems, "decoding twice says the same")
  }

  @Test func hugeKeysAndValuesAreCut() {
    let huge = String(repeating: "x", count: 1_000_000)
    for text in [
      #"{"\#(huge)":1}"#, #"{"resourceList":[{"resourceName":"\#(huge)","selectors":{}}]}"#,
      #"{"resourceList":[{"resourceName":"a","selectors":{"pfNames":["\#(huge)#"]}}]}"#,
      #"{"resourceList":[{"resourceName":"a","selectors":{"vendors":["\#(huge)"]}}]}"#,
      #"{"resourceList":[{"resourceName":"a","resourcePrefix":"\#(huge)","selectors":{}}]}"#,
    ] {
      let decoded = Decoded(text)
      #expect(!decoded.problems.isEmpty)
      #expect(decoded.problems.allSatisfy { $0.description.utf8.count < 600 })
    }
  }

  @Test func deepNestingIsNoTrouble() {
    let deep = String(repeating: "[", count: 9_000) + String(repeating: "]", count: 9_000)
    let decoded = Decoded(#"{"resourceList":[{"resourceName":"a","selectors":{"vendors":\#(deep),"x":\#(deep)}}]}"#)
    #expect(decoded.wrong == ["resourceList[0].selectors.vendors[0]"])
  }
}

/// Configurations by chance, seeded.
struct ConfigGenerator {
  enum Care {
    /// Keys in any case, values of any type.
    case wild
    /// Spelled as the reference has it, and most values of the right kind.
    case tidy
  }

  private var random: SeededNumbers
  private let care: Care
  private var names = 0
  private static let words = [
    "a", "b", "ens1f0#0-3", "8086", "", "*", "netDevice", "accelerator", "auxNetDevice", "ubNetDevice", "sf", "vhost",
    "0000:3b:00.0#1", "intel.com", "packed", "link", "p#1-2-3", "é\u{1F600}", "a/b", "line\\n",
  ]
  /// Right wherever the key is.
  private static let fitting = [
    "vendors": "8086", "devices": "154c", "deviceIDs": "1017", "pciAddresses": "0000:3b:02.0", "auxTypes": "sf",
    "rootDevices": "0000:3b:00.0#1-2", "pfNames": "ens1f0", "vdpaType": "vhost", "resourcePrefix": "intel.com",
    "socket": "/run/x.sock", "containerRuntimeEndpoint": "/run/y.sock", "linkTypes": "infiniband", "names": "urma_*",
    "transportTypes": "ub", "nodeNames": "n*",
  ]

  init(seed: UInt64, care: Care) {
    random = SeededNumbers(seed: seed)
    self.care = care
  }

  mutating func file() -> String {
    care == .wild && chance(of: 4) ? value(depth: 0) : object(.file, depth: 0)
  }

  private mutating func chance(of count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  private mutating func object(_ scope: ConfigKey.Scope, depth: Int) -> String {
    var members: [String] = []
    for key in ConfigReference.keys(of: scope) {
      guard care == .wild ? !chance(of: 3) : chance(of: key.absent == nil || key.name == "resourceList" ? 1 : 4) else {
        continue
      }
      // Most pools are netDevice: other types' keys would only be warned of.
      if care == .tidy, !key.deviceTypes.isEmpty, !key.deviceTypes.contains("netDevice"), !chance(of: 20) { continue }
      let name = care == .tidy || chance(of: 2) ? key.name : key.name.uppercased()
      members.append("\"\(name)\": \(sample(of: key, depth: depth + 1))")
    }
    if chance(of: care == .tidy ? 50 : 4) { members.append("\"odd key\\n\": \(value(depth: depth + 1))") }
    members.shuffle(using: &random)
    return "{" + members.joined(separator: ",\n") + "}"
  }

  private mutating func sample(of key: ConfigKey, depth: Int) -> String {
    if chance(of: care == .tidy ? 50 : 8) { return value(depth: depth) }
    switch key.type {
    case .choice(let words) where key.name == "deviceType" && care == .tidy && !chance(of: 8): return "\"\(words[0])\""
    case .choice(let words): return care == .wild ? word() : pick(words)
    case .choices(let words): return list { $0.care == .wild ? $0.word() : $0.pick(words) }
    case .text: return word(for: key)
    case .texts: return list { $0.word(for: key) }
    case .flag: return chance(of: 2) ? "true" : "false"
    case .integer: return String(Int.random(in: (care == .tidy ? 1 : -1)...100, using: &random))
    case .object(let scope): return object(scope, depth: depth)
    case .objects(let scope), .objectOrObjects(let scope): return list { $0.object(scope, depth: depth) }
    case .additionalInfo: return care == .tidy ? #"{"*": {"k": "v"}}"# : "{\(word()): {\(word()): \(word())}}"
    case .ignored: return "null"
    }
  }

  private mutating func value(depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 6 ? 5 : 7), using: &random) {
    case 0: return "null"
    case 1: return "true"
    case 2: return "-12.5e3"
    case 3, 4: return word()
    case 5: return list { $0.value(depth: depth + 1) }
    default: return "{\(word()): \(value(depth: depth + 1))}"
    }
  }

  private mutating func list(_ item: (inout ConfigGenerator) -> String) -> String {
    let count = Int.random(in: (care == .tidy ? 1 : 0)..<4, using: &random)
    return "[" + (0..<count).map { _ in item(&self) }.joined(separator: ", ") + "]"
  }

  private mutating func word(for key: ConfigKey) -> String {
    guard care == .tidy else { return word() }
    names += 1
    return "\"\(Self.fitting[key.name] ?? "n\(names)")\""
  }

  private mutating func word() -> String { pick(Self.words) }

  private mutating func pick(_ words: [String]) -> String {
    "\"\(words[Int.random(in: 0..<words.count, using: &random)])\""
  }
}
