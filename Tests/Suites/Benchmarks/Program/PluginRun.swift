import Glibc

/// One life of a plugin, from start to stop, and everything measured on the way.
struct PluginRun {
  let program: Program
  let node: GeneratedNode
  let pools: Int
  let extent: Extent
  /// Seconds for which nobody asks anything.
  let idle: Int
  let scratch: String

  /// How much of a life is measured.
  enum Extent {
    case whole, start, calls, idle
  }

  /// Who is measured.
  struct Program {
    let name: String
    let path: String
    /// Whether it is to notice a device that goes while it runs.
    let follows: Bool
  }

  func measure() throws(BenchmarkError) -> [Metric: Int] {
    let log = "\(scratch)/\(program.name).log"
    let kubelet = try ListeningKubelet(pools: pools)
    defer { kubelet.stop() }
    let began = Clock.microseconds
    let process = try Subprocess([program.path, "-config-file", "\(scratch)/config.json"], output: log)
    do throws(BenchmarkError) {
      return try measure(process, kubelet, began: began)
    } catch {
      throw BenchmarkError("\(program.name), \(node.functions) functions: \(error)\n\(Files.read(log).suffix(2000))")
    }
  }

  private func measure(
    _ process: Subprocess, _ kubelet: ListeningKubelet, began: Int
  ) throws(BenchmarkError) -> [Metric: Int] {
    var result: [Metric: Int] = [:]
    // Twenty pools of the Go plugin take minutes on a node of 4096 functions.
    try kubelet.wait(600) { Self.listed($0) == node.functions }
    result[.startCPU] = process.cpuMicroseconds
    result[.startFaults] = process.pageFaults
    result[.start] = (kubelet.endpoints.values.flatMap(\.lists).map(\.moment).max() ?? 0) - began
    switch extent {
    case .start: break
    case .calls: try allocate(process, kubelet, &result)
    case .idle: rest(process, &result)
    case .whole: try measureRest(process, kubelet, &result)
    }
    let stopping = Clock.microseconds
    process.stop()
    result[.stop] = Clock.microseconds - stopping
    return result
  }

  private func measureRest(
    _ process: Subprocess, _ kubelet: ListeningKubelet, _ result: inout [Metric: Int]
  ) throws(BenchmarkError) {
    rest(process, &result)
    result[.listResend] = try listAgain(kubelet)
    try allocate(process, kubelet, &result)
    result[.residentAfterLoad] = process.status("VmRSS")
    if program.follows { try change(process, kubelet, &result) }
  }

  private func rest(_ process: Subprocess, _ result: inout [Metric: Int]) {
    usleep(300_000)
    result[.resident] = process.status("VmRSS")
    result[.anonymous] = process.status("RssAnon")
    result[.threads] = process.status("Threads")
    let before = process.cpuMicroseconds
    sleep(UInt32(idle))
    result[.idleCPU] = (process.cpuMicroseconds - before) / idle
  }

  private static func listed(_ endpoints: [String: ListeningKubelet.Endpoint]) -> Int {
    endpoints.values.reduce(0) { $0 + ($1.lists.last?.devices.count ?? 0) }
  }

  /// What a kubelet that has come back asks first.
  private func listAgain(_ kubelet: ListeningKubelet) throws(BenchmarkError) -> Int {
    guard let endpoint = kubelet.endpoints.values.first else { throw BenchmarkError("no endpoint") }
    var times: [Int] = []
    for _ in 0..<5 {
      let connection = try WireConnection(endpoint.socket)
      let began = Clock.microseconds
      try connection.serverStream("/v1beta1.DevicePlugin/ListAndWatch", []) { _ in
        times.append(Clock.microseconds - began)
        return false
      }
    }
    return Statistics.median(times)
  }

  private func allocate(
    _ process: Subprocess, _ kubelet: ListeningKubelet, _ result: inout [Metric: Int]
  ) throws(BenchmarkError) {
    // The largest pool: with the fewest functions a pool of 20 may have one device only.
    let all = kubelet.endpoints.values.sorted { $0.socket < $1.socket }
    guard let endpoint = all.max(by: { $0.lists[0].devices.count < $1.lists[0].devices.count }) else { return }
    let devices = endpoint.lists[0].devices
    func load(_ count: Int, callers: Int, calls: Int, pause: Int = 0) throws(BenchmarkError) -> [Int] {
      try AllocateLoad(
        socket: endpoint.socket, devices: devices, each: min(count, devices.count), callers: callers, calls: calls,
        pause: pause
      ).run()
    }
    _ = try load(1, callers: 1, calls: 50)
    let before = process.cpuMicroseconds
    let single = try load(1, callers: 1, calls: 400)
    result[.allocateCPU] = (process.cpuMicroseconds - before) / 400
    let kinds: [(Metric, Metric, [Int])] = [
      (.allocatePacedMedian, .allocatePacedTail, try load(1, callers: 1, calls: 200, pause: 5000)),
      (.allocate1x1Median, .allocate1x1Tail, single),
      (.allocate8x1Median, .allocate8x1Tail, try load(8, callers: 1, calls: 400)),
      (.allocate1x16Median, .allocate1x16Tail, try load(1, callers: 16, calls: 40)),
      (.allocate8x16Median, .allocate8x16Tail, try load(8, callers: 16, calls: 40)),
    ]
    for (median, tail, times) in kinds {
      result[median] = Statistics.percentile(times, 50) / 1000
      result[tail] = Statistics.percentile(times, 99) / 1000
    }
  }

  /// A function vanishes, and the kernel tells of something: a netdev comes. It is back afterwards.
  private func change(
    _ process: Subprocess, _ kubelet: ListeningKubelet, _ result: inout [Metric: Int]
  ) throws(BenchmarkError) {
    guard let victim = node.all.last(where: \.isVFIO) ?? node.all.last else { return }
    let link = "\(scratch)/sys-\(node.functions)/bus/pci/devices/\(victim.address)"
    var target = [CChar](repeating: 0, count: 1024)
    guard readlink(link, &target, target.count - 1) > 0, unlink(link) == 0 else { throw .system("unlink \(link)") }
    defer { symlink(target, link) }
    let before = process.cpuMicroseconds
    let began = Clock.microseconds
    let event = try LinkEvent()
    defer { event.end() }
    // Where the function was the only one of its pool, the pool's list becomes empty or its stream ends.
    try kubelet.wait(10) { Self.listed($0) == node.functions - 1 }
    result[.rescan] = (kubelet.endpoints.values.compactMap(\.lists.last?.moment).max() ?? 0) - began
    result[.rescanCPU] = process.cpuMicroseconds - before
  }
}
