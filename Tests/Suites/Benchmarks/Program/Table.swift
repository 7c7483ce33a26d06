/// The results for people, as lines of Markdown.
struct Table {
  private let results: Results

  init(_ results: Results) { self.results = results }

  func text(of comparison: Results.Comparison) -> String {
    let names = results.programs.map(\.name)
    var lines = ["", "### \(comparison.functions) virtual functions, \(comparison.pools) pools", ""]
    lines.append("| | \(names.joined(separator: " | ")) | ratio |")
    lines.append("|---|" + String(repeating: "---:|", count: names.count + 1))
    for metric in Metric.allCases {
      let values = names.map { comparison.samples[$0]?.text(metric) ?? "" }
      guard values.contains(where: { !$0.isEmpty }) else { continue }
      let ratio = comparison.ratio(metric).map(Self.ratio) ?? ""
      lines.append("| \(metric.title) | \(values.joined(separator: " | ")) | \(ratio) |")
    }
    if let floor = comparison.floor, let start = comparison.samples["devicepool"]?.median(.start) {
      lines.append("")
      lines.append(
        "Floor: \(floor.wall) µs, of which \(floor.cpu) µs read the files; start is \(Self.ratio(start, floor.wall)) of it."
      )
    }
    return lines.joined(separator: "\n")
  }

  /// Programs' sizes, and what a virtual function costs on a large node and on a smaller one.
  var summary: String {
    var lines = ["", "### Programs", ""]
    lines += results.programs.map { "- \($0.name): \($0.bytes) bytes" }
    lines += ["", "### Cost of a virtual function at start", ""]
    for program in results.programs {
      let own = results.comparisons.compactMap { comparison in
        comparison.samples[program.name]?.median(.start).map { (comparison, $0) }
      }
      for (comparison, start) in own where comparison.functions >= 512 {
        lines.append(
          "- \(program.name), \(comparison.functions) functions in \(comparison.pools) pools: "
            + "\(Self.ratio(start, comparison.functions)) µs")
      }
    }
    return lines.joined(separator: "\n")
  }

  static func ratio(_ number: Int, _ other: Int) -> String { ratio(Double(number) / Double(max(1, other))) }

  /// Three decimals below 1, two above.
  static func ratio(_ value: Double) -> String {
    let scale = value < 1 ? 1000.0 : 100.0
    let digits = String(Int((value * scale).rounded()))
    let places = value < 1 ? 3 : 2
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}
