import Glibc
import JSONText

/// Everything measured in one run.
struct Results {
  struct Comparison {
    let functions: Int
    let pools: Int
    var samples: [String: Samples] = [:]
    var floors: [Floor.Cost] = []

    var floor: Floor.Cost? { Floor.Cost(floors) }

    /// Ours by the peer's, of medians; nil without a peer.
    func ratio(_ metric: Metric) -> Double? {
      guard let ours = samples["devicepool"]?.median(metric), let peer = samples["peer"]?.median(metric), peer > 0
      else { return nil }
      return Double(ours) / Double(peer)
    }
  }

  struct ProgramFile {
    let name: String
    let bytes: Int
  }

  let programs: [ProgramFile]
  var comparisons: [Comparison] = []

  /// By functions, whatever the pools.
  var floors: [(functions: Int, cost: Floor.Cost)] {
    Dictionary(grouping: comparisons, by: \.functions).sorted { $0.key < $1.key }.compactMap { functions, comparisons in
      Floor.Cost(comparisons.flatMap(\.floors)).map { (functions, $0) }
    }
  }

  /// The form is stable: keys are only added.
  var json: JSONValue {
    .object([
      field("schema", .int(1)), field("date", .string(Self.today)), field("machine", Self.machine),
      field(
        "programs", .array(programs.map { .object([field("name", .string($0.name)), field("bytes", .int($0.bytes))]) })),
      field(
        "floor",
        .array(
          floors.map {
            .object([
              field("functions", .int($0.functions)), field("wall_us", .int($0.cost.wall)),
              field("cpu_us", .int($0.cost.cpu)),
            ])
          })),
      field("nodes", .array(comparisons.map(Self.json))),
    ])
  }

  private static func json(_ comparison: Comparison) -> JSONValue {
    let programs = comparison.samples.sorted { $0.key < $1.key }.map { name, samples in
      field(
        name,
        .object(
          Metric.allCases.compactMap { metric in
            samples.values[metric].map { values in
              field(
                metric.rawValue,
                .object([
                  field("median", .int(Statistics.median(values))), field("least", .int(values.min() ?? 0)),
                  field("most", .int(values.max() ?? 0)), field("repeats", .int(values.count)),
                ]))
            }
          }))
    }
    let ratios = Metric.allCases.compactMap { metric in
      comparison.ratio(metric).map { field(metric.rawValue, .string(Table.ratio($0))) }
    }
    return .object([
      field("functions", .int(comparison.functions)), field("pools", .int(comparison.pools)),
      field("programs", .object(programs)), field("ratios", .object(ratios)),
    ])
  }

  private static var today: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }

  private static var machine: JSONValue {
    func value(_ file: String, _ key: String) -> String {
      let line = Files.read(file).split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
      return String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
    }
    return .object([
      field("processors", .int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      field("model", .string(value("/proc/cpuinfo", "model name"))),
      field("memory", .string(value("/proc/meminfo", "MemTotal"))),
      field(
        "kernel", .string(Files.read("/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init) ?? "")),
    ])
  }
}

private func field(_ key: String, _ value: JSONValue) -> JSONValue.Field { JSONValue.Field(key, value) }
