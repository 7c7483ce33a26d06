import JSONText
import ResourcePools
import Testing

@Suite("Whatever a configuration says, it is decoded or refused")
struct ConfigPropertyTests {
  /// Random objects made of known and unknown keys and values of all types.
  @Test(arguments: 0..<200)
  func randomConfigurations(seed: UInt64) {
    var random = ConfigGenerator(seed: seed)
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
  private var random: SeededRandom
  private static let words = [
    "a", "b", "ens1f0#0-3", "8086", "", "*", "netDevice", "accelerator", "auxNetDevice", "ubNetDevice", "sf", "vhost",
    "0000:3b:00.0#1", "intel.com", "packed", "link", "p#1-2-3", "é\u{1F600}", "a/b", "line\\n",
  ]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func file() -> String {
    Bool.random(using: &random) && Bool.random(using: &random) ? value(depth: 0) : object(.file, depth: 0)
  }

  private mutating func object(_ scope: ConfigKey.Scope, depth: Int) -> String {
    var members: [String] = []
    for key in ConfigReference.keys(of: scope) where Int.random(in: 0..<3, using: &random) > 0 {
      let name = Bool.random(using: &random) ? key.name : key.name.uppercased()
      members.append("\"\(name)\": \(sample(of: key, depth: depth + 1))")
    }
    if Int.random(in: 0..<4, using: &random) == 0 { members.append("\"odd key\\n\": \(value(depth: depth + 1))") }
    members.shuffle(using: &random)
    return "{" + members.joined(separator: ",\n") + "}"
  }

  private mutating func sample(of key: ConfigKey, depth: Int) -> String {
    if Int.random(in: 0..<8, using: &random) == 0 { return value(depth: depth) }
    switch key.type {
    case .text, .choice: return word()
    case .texts, .choices: return list { $0.word() }
    case .flag: return Bool.random(using: &random) ? "true" : "false"
    case .integer: return String(Int.random(in: -1...100, using: &random))
    case .object(let scope): return object(scope, depth: depth)
    case .objects(let scope), .objectOrObjects(let scope): return list { $0.object(scope, depth: depth) }
    case .additionalInfo: return "{\(word()): {\(word()): \(word())}}"
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
    let count = Int.random(in: 0..<4, using: &random)
    return "[" + (0..<count).map { _ in item(&self) }.joined(separator: ", ") + "]"
  }

  private mutating func word() -> String { "\"\(Self.words[Int.random(in: 0..<Self.words.count, using: &random)])\"" }
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
