import Glibc

/// How each cost grows with the number of virtual functions: one panel a cost, both axes logarithmic.
struct Plot {
  private struct Line {
    let name: String
    let colour: String
    let dashes: String
    /// Functions and value.
    let points: [(Int, Int)]
  }

  private struct Panel {
    let title: String
    let lines: [Line]
  }

  private static let width = 360.0
  private static let height = 250.0
  private static let margin = (left: 62.0, right: 14.0, top: 30.0, bottom: 30.0)
  private static let shown: [Metric] = [
    .start, .startCPU, .resident, .allocate1x1Median, .allocate1x1Tail, .allocate8x16Median, .listResend, .rescan,
  ]

  private let results: Results

  init(_ results: Results) { self.results = results }

  var svg: String {
    let panels = Self.shown.map(panel).filter { $0.lines.contains { $0.points.count > 1 } }
    let columns = 2
    let rows = (panels.count + columns - 1) / columns
    let body = panels.enumerated().map { index, panel in
      let x = Double(index % columns) * Self.width
      let y = Double(index / columns) * Self.height
      return "<g transform=\"translate(\(Int(x)),\(Int(y)))\">\n\(draw(panel))</g>\n"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(Self.width) * columns)" \
      height="\(Int(Self.height) * rows + 24)" font-family="sans-serif" font-size="10">
      <rect width="100%" height="100%" fill="white"/>
      \(body.joined())\(legend(y: Int(Self.height) * rows + 10))</svg>

      """
  }

  private func panel(_ metric: Metric) -> Panel {
    var lines: [Line] = []
    let pools = Set(results.comparisons.map(\.pools)).sorted()
    for (index, program) in results.programs.enumerated() {
      for (pool, dashes) in zip([pools.first, pools.last].compactMap { $0 }, ["", "4 3"]) {
        let points = results.comparisons.filter { $0.pools == pool }.compactMap { comparison in
          comparison.samples[program.name]?.median(metric).map { (comparison.functions, max(1, $0)) }
        }
        let colour = ["#0b6e99", "#c2571a"][index % 2]
        lines.append(Line(name: "\(program.name), \(pool) pools", colour: colour, dashes: dashes, points: points))
      }
    }
    if metric == .start {
      let points = results.floors.map { ($0.functions, $0.cost.wall) }
      lines.append(Line(name: "floor", colour: "#666666", dashes: "1 2", points: points))
    }
    return Panel(title: metric.title, lines: lines)
  }

  private func draw(_ panel: Panel) -> String {
    let points = panel.lines.flatMap(\.points)
    let x = Axis(points.map(\.0), from: Self.margin.left, to: Self.width - Self.margin.right, decades: false)
    let y = Axis(points.map(\.1), from: Self.height - Self.margin.bottom, to: Self.margin.top, decades: true)
    var out = "<text x=\"\(Int(Self.margin.left))\" y=\"18\" font-weight=\"bold\">\(panel.title)</text>\n"
    for tick in Set(points.map(\.0)).sorted() {
      out += "<text x=\"\(x[tick])\" y=\"\(Self.height - 14)\" text-anchor=\"middle\">\(tick)</text>\n"
    }
    for tick in y.ticks {
      out +=
        "<line x1=\"\(Self.margin.left)\" x2=\"\(Self.width - Self.margin.right)\" y1=\"\(y[tick])\" "
        + "y2=\"\(y[tick])\" stroke=\"#dddddd\"/>\n"
      out += "<text x=\"\(Self.margin.left - 6)\" y=\"\(y[tick])\" text-anchor=\"end\" dy=\"3\">\(tick)</text>\n"
    }
    for line in panel.lines where !line.points.isEmpty {
      let path = line.points.map { "\(x[$0.0]),\(y[$0.1])" }.joined(separator: " ")
      out +=
        "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(line.colour)\" stroke-width=\"1.6\" "
        + "stroke-dasharray=\"\(line.dashes)\"/>\n"
      for point in line.points {
        out += "<circle cx=\"\(x[point.0])\" cy=\"\(y[point.1])\" r=\"2.2\" fill=\"\(line.colour)\"/>\n"
      }
    }
    return out
  }

  private func legend(y: Int) -> String {
    var out = ""
    for (index, line) in panel(.start).lines.enumerated() {
      let x = 20 + index * 140
      out +=
        "<line x1=\"\(x)\" x2=\"\(x + 22)\" y1=\"\(y)\" y2=\"\(y)\" stroke=\"\(line.colour)\" "
        + "stroke-width=\"1.6\" stroke-dasharray=\"\(line.dashes)\"/>"
      out += "<text x=\"\(x + 27)\" y=\"\(y + 3)\">\(line.name)</text>\n"
    }
    return out
  }
}

/// A logarithmic axis between two places of the drawing.
private struct Axis {
  private let low: Double
  private let high: Double
  private let from: Double
  private let to: Double

  init(_ values: [Int], from: Double, to: Double, decades: Bool) {
    let low = log10(Double(max(1, values.min() ?? 1)))
    let high = log10(Double(max(1, values.max() ?? 1)))
    self.low = decades ? low.rounded(.down) : low
    self.high = max(decades ? high.rounded(.up) : high, self.low + 0.1)
    self.from = from
    self.to = to
  }

  subscript(value: Int) -> Double {
    let share = (log10(Double(max(1, value))) - low) / (high - low)
    return ((from + share * (to - from)) * 10).rounded() / 10
  }

  /// Powers of ten.
  var ticks: [Int] { (Int(low.rounded(.up))...max(Int(low.rounded(.up)), Int(high))).map { Int(pow(10, Double($0))) } }
}
