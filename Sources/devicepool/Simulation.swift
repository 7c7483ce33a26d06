import DevicePlugin
import Glibc
import KubeletAPI
import KubeletSimulator
import RPC
import ResourcePools

/// One rehearsal: starts a kubelet stand-in and the daemon, asks for devices, says what a container would get.
struct Simulation {
  let options: Options
  /// What should come to be registered.
  let expected: PoolPartition
  /// One container each; none: one unit of each resource.
  let requests: [ResourceRequest]

  private static let patience = Duration.seconds(30)

  func run() async -> Int32 {
    guard let directory = TemporaryDirectory() else {
      Console.complain("error: no temporary directory: \(String(cString: strerror(errno)))")
      return 3
    }
    defer { directory.remove() }
    let queue = CompletionQueue()
    defer { queue.shutdown() }
    let kubelet = KubeletSimulator(
      queue: queue, directory: KubeletDirectory(directory.path), settings: SimulatorSettings(),
      report: { [verbosity = options.verbosity] event in
        if verbosity >= 0 { Console.complain("kubelet: \(event)") }
      })
    do {
      if options.registration == .watcher { try directory.make("plugins_registry") }
      try kubelet.start()
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
    let (signals, tell) = AsyncStream.makeStream(of: Signals.Event.self)
    let options = options(below: directory)
    let plugin = Task { await Plugin.run(options, signals: signals, queue: queue, log: Log.logger(options)) }
    let code = await meet(kubelet)
    tell.yield(.stop(name: "end of the rehearsal"))
    let ended = await plugin.value
    await kubelet.stop()
    return code == 0 ? ended : code
  }

  /// Files of the rehearsal stay in its own directory.
  private func options(below directory: TemporaryDirectory) -> Options {
    var options = options
    options.kubelet = KubeletDirectory(directory.path)
    options.runDirectory = "\(directory.path)/run"
    return options
  }

  private func meet(_ kubelet: KubeletSimulator) async -> Int32 {
    let wanted = Dictionary(
      expected.pools.filter { !$0.units.isEmpty }.map { ("\($0.name)", $0.units.count) },
      uniquingKeysWith: { first, _ in first })
    let view = await kubelet.view(within: Self.patience) { view in
      wanted.allSatisfy { view[$0.key]?.capacity == $0.value }
    }
    guard view != nil else {
      let missing = wanted.keys.filter { kubelet.view[$0] == nil }.sorted()
      Console.complain("error: not registered within \(Self.patience): \(missing.joined(separator: ", "))")
      return 1
    }
    Console.print(SimulationReport.node(kubelet.view))
    return await admit(to: kubelet)
  }

  private func admit(to kubelet: KubeletSimulator) async -> Int32 {
    let requests =
      requests.isEmpty
      ? kubelet.view.allocatable.filter { $0.value > 0 }.keys.sorted().map { ResourceRequest(resource: $0, count: 1) }
      : requests
    for (number, request) in requests.enumerated() {
      let pod = Pod(
        uid: "00000000-0000-0000-0000-\(String(100_000_000_000 + number))", name: "rehearsal-\(number)",
        namespace: "default", containers: [.init(name: "app", requests: [request])])
      do {
        for container in try await kubelet.admit(pod) {
          Console.print(SimulationReport.container(container, for: request))
        }
      } catch {
        Console.complain("error: \(request.resource)=\(request.count): \(error)")
        return 1
      }
    }
    return 0
  }
}
