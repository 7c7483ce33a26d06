/// What the command line asks for.
struct BenchmarkOptions {
  enum Mode: String {
    case measure, instructions
    /// Only the start, or only what kubelet asks for, of what `measure` measures: for many repeats in little time.
    case starts, calls
    /// What the programs use while nobody asks them anything.
    case idle

    var extent: PluginRun.Extent? {
      switch self {
      case .measure: .whole
      case .starts: .start
      case .calls: .calls
      case .idle: .idle
      case .instructions: nil
      }
    }
  }

  var mode = Mode.measure
  var ours = ""
  /// Nil: nothing to compare with.
  var peer: String?
  var floor = ""
  var sizes = [8, 64, 512, 4096]
  var pools = [1, 20]
  var repeats = 9
  /// Seconds without a call, in each life.
  var idle = 2
  /// A directory of the private namespace for generated files.
  var scratch = ""
  /// Where `bench.json` and `bench.svg` go.
  var output = "."

  static let usage = """
    usage: devicepool-bench -ours FILE -floor FILE -scratch DIRECTORY [-peer FILE] [-sizes "8 64"] [-pools "1 20"]
           [-repeat N] [-idle SECONDS] [-output DIRECTORY] [-mode measure|starts|calls|idle|instructions]
    """

  init(_ words: [String]) throws(BenchmarkError) {
    var rest = words[...]
    while let flag = rest.popFirst() {
      guard let value = rest.popFirst() else { throw BenchmarkError("\(flag) has no value\n\(Self.usage)") }
      switch flag {
      case "-ours": ours = value
      case "-peer": peer = value.isEmpty ? nil : value
      case "-floor": floor = value
      case "-scratch": scratch = value
      case "-output": output = value
      case "-sizes": sizes = try Self.numbers(flag, value).sorted()
      case "-pools": pools = try Self.numbers(flag, value)
      case "-repeat": repeats = try Self.numbers(flag, value).first ?? repeats
      case "-idle": idle = try Self.numbers(flag, value).first ?? idle
      case "-mode":
        guard let mode = Mode(rawValue: value) else { throw BenchmarkError("-mode \(value)\n\(Self.usage)") }
        self.mode = mode
      default: throw BenchmarkError("unknown flag \(flag)\n\(Self.usage)")
      }
    }
    guard !ours.isEmpty, !floor.isEmpty, !scratch.isEmpty else { throw BenchmarkError(Self.usage) }
  }

  private static func numbers(_ flag: String, _ text: String) throws(BenchmarkError) -> [Int] {
    var numbers: [Int] = []
    for word in text.split(separator: " ") {
      guard let number = Int(word), number > 0 else {
        throw BenchmarkError("\(flag) \(text): expected positive numbers, found '\(word)'")
      }
      numbers.append(number)
    }
    return numbers
  }
}
