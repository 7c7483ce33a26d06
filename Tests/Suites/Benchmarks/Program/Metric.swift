/// What is measured of a program; the raw values name it in the JSON output and do not change.
enum Metric: String, CaseIterable {
  case start = "start_us"
  case startCPU = "start_cpu_us"
  case startFaults = "start_page_faults"
  case resident = "resident_kib"
  case anonymous = "resident_anonymous_kib"
  case residentAfterLoad = "resident_after_load_kib"
  case threads = "threads"
  case allocatePacedMedian = "allocate_paced_p50_us"
  case allocatePacedTail = "allocate_paced_p99_us"
  case allocate1x1Median = "allocate_1device_1caller_p50_us"
  case allocate1x1Tail = "allocate_1device_1caller_p99_us"
  case allocate8x1Median = "allocate_8devices_1caller_p50_us"
  case allocate8x1Tail = "allocate_8devices_1caller_p99_us"
  case allocate1x16Median = "allocate_1device_16callers_p50_us"
  case allocate1x16Tail = "allocate_1device_16callers_p99_us"
  case allocate8x16Median = "allocate_8devices_16callers_p50_us"
  case allocate8x16Tail = "allocate_8devices_16callers_p99_us"
  case allocateCPU = "allocate_cpu_us"
  case listResend = "list_resend_us"
  case rescan = "change_to_list_us"
  case rescanCPU = "change_cpu_us"
  case idleCPU = "idle_cpu_us_per_s"
  case stop = "stop_us"

  var title: String {
    switch self {
    case .start: "start to the last list, µs"
    case .startCPU: "processor time of it, µs"
    case .startFaults: "page faults of it"
    case .resident: "resident after start, KiB"
    case .anonymous: "of it anonymous, KiB"
    case .residentAfterLoad: "resident after all calls, KiB"
    case .threads: "threads"
    case .allocatePacedMedian: "Allocate p50, one call each 5 ms, µs"
    case .allocatePacedTail: "Allocate p99, one call each 5 ms, µs"
    case .allocate1x1Median: "Allocate p50, 1 device, 1 caller, µs"
    case .allocate1x1Tail: "Allocate p99, 1 device, 1 caller, µs"
    case .allocate8x1Median: "Allocate p50, 8 devices, 1 caller, µs"
    case .allocate8x1Tail: "Allocate p99, 8 devices, 1 caller, µs"
    case .allocate1x16Median: "Allocate p50, 1 device, 16 callers, µs"
    case .allocate1x16Tail: "Allocate p99, 1 device, 16 callers, µs"
    case .allocate8x16Median: "Allocate p50, 8 devices, 16 callers, µs"
    case .allocate8x16Tail: "Allocate p99, 8 devices, 16 callers, µs"
    case .allocateCPU: "processor time of an Allocate, µs"
    case .listResend: "ListAndWatch opened again, µs"
    case .rescan: "one device gone to the list without it, µs"
    case .rescanCPU: "processor time of it, µs"
    case .idleCPU: "idle, processor time in a second, µs"
    case .stop: "SIGTERM to the end, µs"
    }
  }
}

/// Values of one program on one node, one for each repeat.
struct Samples {
  private(set) var values: [Metric: [Int]] = [:]

  mutating func add(_ sample: [Metric: Int]) {
    for (metric, value) in sample { values[metric, default: []].append(value) }
  }

  func median(_ metric: Metric) -> Int? { values[metric].map(Statistics.median) }

  /// `120 (98 to 140)`: the median, the least and the most.
  func text(_ metric: Metric) -> String? {
    guard let values = values[metric], let least = values.min(), let most = values.max() else { return nil }
    return least == most ? "\(most)" : "\(Statistics.median(values)) (\(least) to \(most))"
  }
}

enum Statistics {
  static func median(_ values: [Int]) -> Int { percentile(values, 50) }

  /// The value that so many hundredths of all do not exceed; 0 of none.
  static func percentile(_ values: [Int], _ hundredths: Int) -> Int {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, sorted.count * hundredths / 100)]
  }
}
