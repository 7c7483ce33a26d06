import Glibc
import JSONText

/// All nodes, all programs, so many repeats, interleaved; then the reports.
struct Benchmark {
  private let options: BenchmarkOptions
  private let programs: [PluginRun.Program]

  init(_ options: BenchmarkOptions) {
    self.options = options
    programs =
      [PluginRun.Program(name: "devicepool", path: options.ours, follows: true)]
      + (options.peer.map { [PluginRun.Program(name: "peer", path: $0, follows: false)] } ?? [])
  }

  func run() throws(BenchmarkError) {
    var namespace = try NodeNamespace(scratch: options.scratch)
    defer { namespace.leave() }
    // From the disk they are read once, as on a node where they have run before.
    for path in programs.map(\.path) + [options.floor] { _ = Files.read(path) }
    var results = Results(programs: programs.map { .init(name: $0.name, bytes: Files.size($0.path)) })
    for size in options.sizes {
      let node = GeneratedNode(functions: size)
      try namespace.enter(node)
      guard let extent = options.mode.extent else {
        let count = try InstructionCount(program: programs[0], node: node, scratch: options.scratch).measure()
        Terminal.say(count.description)
        continue
      }
      for pools in Set(options.pools.map { min($0, size) }).sorted() {
        let comparison = try compare(node, extent, in: namespace, pools: pools)
        results.comparisons.append(comparison)
        Terminal.say(Table(results).text(of: comparison))
      }
    }
    guard options.mode != .instructions else { return }
    Terminal.say(Table(results).summary)
    try Files.write(results.json.prettyText(keys: .given), to: "\(options.output)/bench.json")
    try Files.write(Plot(results).svg, to: "\(options.output)/bench.svg")
    Terminal.say("written: \(options.output)/bench.json and bench.svg")
  }

  /// A start of a few milliseconds varies by a tenth from one to the next: 36 of them gave ratios that differed by as much
  /// between two runs of the benchmark. It costs little to repeat, with many pools more.
  private func lives(on node: GeneratedNode, pools: Int, _ extent: PluginRun.Extent) -> [PluginRun.Extent] {
    let starts = extent == .whole && node.functions <= 64 ? (pools == 1 ? 9 : 3) * options.repeats : 0
    return Array(repeating: extent, count: options.repeats) + Array(repeating: .start, count: starts)
  }

  private func compare(
    _ node: GeneratedNode, _ extent: PluginRun.Extent, in namespace: NodeNamespace, pools: Int
  ) throws(BenchmarkError) -> Results.Comparison {
    try Files.write(node.configuration(pools: pools), to: "\(options.scratch)/config.json")
    var comparison = Results.Comparison(functions: node.functions, pools: pools)
    let lives = lives(on: node, pools: pools, extent)
    for (repetition, extent) in lives.enumerated() {
      // Nil is the floor. To and fro: what one life leaves in the processor's caches is to help each as often.
      let turns = programs.map(Optional.some) + [nil]
      for program in repetition.isMultiple(of: 2) ? turns : turns.reversed() {
        try namespace.tidy()
        guard let program else {
          comparison.floors.append(try Floor(path: options.floor, scratch: options.scratch).measure())
          continue
        }
        Terminal.complain(
          "\(node.functions) functions, \(pools) pools, \(program.name), \(repetition + 1)/\(lives.count)")
        let run = PluginRun(
          program: program, node: node, pools: pools, extent: extent, idle: options.idle, scratch: options.scratch)
        comparison.samples[program.name, default: Samples()].add(try run.measure())
      }
    }
    return comparison
  }
}
