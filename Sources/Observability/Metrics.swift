import Glibc
import ResourcePools

/// The Prometheus text format, version 0.0.4.
struct Metrics {
  let pools: [PoolStatus]
  let counters: Counters
  /// Seconds since 1970.
  let startTime: Double
  /// Units that containers and claims have, by resource; nil when kubelet does not report containers, and then the metric
  /// is absent.
  var inUse: [ResourceName: Int]?
  var ubDevices: [UBDeviceUse] = []
  var silentFiles = 0

  var text: String {
    var page = MetricsPage()
    page.family("devicepool_build_info", .gauge, "Always 1; the version is a label.")
    page.sample("devicepool_build_info", ["version": Version.number], 1)
    page.family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
    page.sample("process_start_time_seconds", [:], startTime)
    var time = timespec()
    if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
      page.family("process_cpu_seconds_total", .counter, "CPU time of the process, of user and system.")
      page.sample("process_cpu_seconds_total", [:], Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
    if let memory = ProcessFigures.residentBytes {
      page.family("process_resident_memory_bytes", .gauge, "Memory that the process has in RAM.")
      page.sample("process_resident_memory_bytes", [:], Double(memory))
    }
    if let count = ProcessFigures.openDescriptors {
      page.family("process_open_fds", .gauge, "Descriptors that the process has open.")
      page.sample("process_open_fds", [:], Double(count))
    }
    devices(&page)
    resources(&page)
    node(&page)
    claims(&page)
    unifiedBus(&page)
    return page.text
  }

  private func devices(_ page: inout MetricsPage) {
    page.family("devicepool_devices", .gauge, "Devices in the lists that kubelet receives.")
    for status in pools {
      let healthy = status.pool.units.count { $0.health == .healthy }
      let name = "\(status.pool.name)"
      page.sample("devicepool_devices", ["resource": name, "health": "healthy"], Double(healthy))
      page.sample(
        "devicepool_devices", ["resource": name, "health": "unhealthy"], Double(status.pool.units.count - healthy))
    }
    if let inUse {
      page.family(
        "devicepool_devices_in_use", .gauge,
        "Devices that containers have, as kubelet's podresources say, and those of prepared claims.")
      for status in pools {
        let name = status.pool.name
        page.sample("devicepool_devices_in_use", ["resource": "\(name)"], Double(inUse[name] ?? 0))
      }
    }
    page.family("devicepool_streams", .gauge, "ListAndWatch streams that kubelet has open.")
    for status in pools {
      guard let streams = status.openStreams else { continue }
      page.sample("devicepool_streams", ["resource": "\(status.pool.name)"], Double(streams))
    }
  }

  private func resources(_ page: inout MetricsPage) {
    let all = counters.pools.sorted { "\($0.key)" < "\($1.key)" }
    let outcomes: [(name: String, help: String, good: KeyPath<Counters.Pool, Int>, bad: KeyPath<Counters.Pool, Int>)] =
      [
        ("devicepool_allocations_total", "Allocate calls answered.", \.allocations, \.failedAllocations),
        ("devicepool_registrations_total", "Registrations with kubelet.", \.registrations, \.failedRegistrations),
      ]
    for outcome in outcomes {
      page.family(outcome.name, .counter, outcome.help)
      for (name, pool) in all {
        page.sample(outcome.name, ["resource": "\(name)", "result": "success"], Double(pool[keyPath: outcome.good]))
        page.sample(outcome.name, ["resource": "\(name)", "result": "failure"], Double(pool[keyPath: outcome.bad]))
      }
    }
    page.family("devicepool_lists_total", .counter, "Device lists sent to kubelet.")
    for (name, pool) in all { page.sample("devicepool_lists_total", ["resource": "\(name)"], Double(pool.lists)) }
    page.family(
      "devicepool_stale_answers_total", .counter,
      "Starts of containers with an answer to Allocate that no longer fitted their devices, as after a reboot.")
    for (name, pool) in all {
      page.sample("devicepool_stale_answers_total", ["resource": "\(name)"], Double(pool.staleAnswers))
    }
    page.family("devicepool_health_changes_total", .counter, "Devices whose health changed, by what it became.")
    for (name, pool) in all {
      page.sample(
        "devicepool_health_changes_total", ["resource": "\(name)", "health": "unhealthy"], Double(pool.becameUnhealthy))
      page.sample(
        "devicepool_health_changes_total", ["resource": "\(name)", "health": "healthy"], Double(pool.becameHealthy))
    }
    page.family("devicepool_allocation_duration_seconds", .histogram, "Time from an Allocate call to its answer.")
    for (name, pool) in all {
      page.histogram("devicepool_allocation_duration_seconds", ["resource": "\(name)"], pool.allocationTime)
    }
  }

  /// Claims and the API helper; absent where DRA serves no pool and never prepared a claim.
  private func claims(_ page: inout MetricsPage) {
    let node = counters.node
    let helpers = pools.compactMap(\.helper)
    guard !helpers.isEmpty || node.claimTime.count > 0 else { return }
    if !helpers.isEmpty {
      page.family(
        "devicepool_api_helper_up", .gauge,
        "1 if devicepool-api is connected and answers, and the API server has the slices, else 0. Absent without DRA.")
      page.sample("devicepool_api_helper_up", [:], helpers.allSatisfy { $0 == .works } ? 1 : 0)
    }
    page.family("devicepool_claims_total", .counter, "Claims that kubelet wanted to be prepared. Absent without DRA.")
    page.sample("devicepool_claims_total", ["result": "success"], Double(node.preparedClaims))
    page.sample("devicepool_claims_total", ["result": "failure"], Double(node.refusedClaims))
    page.family(
      "devicepool_claim_duration_seconds", .histogram,
      "Time from kubelet's call to a claim's answer. Absent without DRA.")
    page.histogram("devicepool_claim_duration_seconds", [:], node.claimTime)
  }

  private func unifiedBus(_ page: inout MetricsPage) {
    page.family(
      "devicepool_ub_device_info", .gauge,
      "Always 1; which container has which UB device, by what names and endpoint ids. Empty labels: it is free.")
    for use in ubDevices {
      page.sample(
        "devicepool_ub_device_info",
        [
          "resource": use.resource, "device": use.device, "kernel": use.kernelNames.joined(separator: ","),
          "eids": use.eids.joined(separator: ","), "namespace": use.namespace, "pod": use.pod,
          "container": use.container,
        ], 1)
    }
  }

  private func node(_ page: inout MetricsPage) {
    let node = counters.node
    page.family("devicepool_config_reloads_total", .counter, "Configurations read while running.")
    page.sample("devicepool_config_reloads_total", ["result": "success"], Double(node.reloads))
    page.sample("devicepool_config_reloads_total", ["result": "failure"], Double(node.failedReloads))
    page.family(
      "devicepool_config_last_reload_successful", .gauge,
      "1 if the configuration that was read last is in force, else 0.")
    page.sample("devicepool_config_last_reload_successful", [:], node.lastReloadFailed ? 0 : 1)
    page.family(
      "devicepool_config_last_reload_success_timestamp_seconds", .gauge,
      "When the configuration in force was read, in seconds since 1970.")
    page.sample("devicepool_config_last_reload_success_timestamp_seconds", [:], node.lastReload)
    page.family("devicepool_silent_files", .gauge, "Files of the host whose reads the kernel does not answer.")
    page.sample("devicepool_silent_files", [:], Double(silentFiles))
    page.family("devicepool_rescans_total", .counter, "Readings of the host.")
    page.sample("devicepool_rescans_total", [:], Double(node.rescans))
    page.family("devicepool_rescan_duration_seconds", .histogram, "Time of one reading of the host.")
    page.histogram("devicepool_rescan_duration_seconds", [:], node.rescanTime)
    page.family(
      "devicepool_namespace_moves_total", .counter,
      "Containers whose UB devices were to be moved to their pod: moved, or the step that failed.")
    for (step, count) in node.namespaceMoves.sorted(by: { $0.key < $1.key }) {
      page.sample("devicepool_namespace_moves_total", ["result": step], Double(count))
    }
  }
}

/// A page while it is written.
struct MetricsPage {
  enum Kind: String {
    case counter, gauge, histogram
  }

  private(set) var text = ""

  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ labels: [String: String], _ value: Double) {
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
    let braces = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    text += "\(name)\(braces) \(value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)")\n"
  }

  mutating func histogram(_ name: String, _ labels: [String: String], _ histogram: Histogram) {
    for (bound, count) in zip(Histogram.bounds, histogram.buckets) {
      sample("\(name)_bucket", labels.merging(["le": "\(bound)"]) { $1 }, Double(count))
    }
    sample("\(name)_bucket", labels.merging(["le": "+Inf"]) { $1 }, Double(histogram.count))
    sample("\(name)_sum", labels, histogram.sum)
    sample("\(name)_count", labels, Double(histogram.count))
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      default: String(character)
      }
    }.joined()
  }
}
