import Agent
import DevicePluginFrontEnd
import GRPC
import Glibc
import JSONText
import KubeletAPI
import KubeletSimulator
import Linux
import Observability
import ResourcePools

/// One rehearsal: starts a kubelet stand-in and the daemon, and asks for devices.
struct Simulation {
  let options: Options
  /// The texts of its configuration files.
  let configurations: [[UInt8]]
  /// The pools that should become registered.
  let expected: PoolPartition
  /// One container for each request; when empty, one unit of each resource.
  let requests: [ResourceRequest]
  /// The machine file that the node is after a reboot; nil: it is not rebooted.
  var reboot: String?

  /// How long pools may take to be registered. The daemon reads the devices, packs them into lists and sends those, so this
  /// grows with their number.
  static func patience(units: Int) -> Duration { .seconds(30 + units / 200) }

  private var patience: Duration { Self.patience(units: expected.pools.reduce(0) { $0 + $1.units.count }) }
  /// Longer than the daemon waits before it says that a carrier is lost.
  static let settling = Duration.seconds(5)

  /// The result of a rehearsal.
  struct Outcome: Sendable {
    /// The exit code: 0 every request was met.
    var code: Int32 = 0
    /// What the node offers, then what each container would get.
    var texts: [String] = []
    /// Why the code is not 0.
    var error: String?
    var allocatable: [String: Int] = [:]
    /// The containers of the requests, in their order.
    var containers: [(request: ResourceRequest, container: ContainerView)] = []
    /// Pods that have their devices.
    var pods: [(uid: String, resource: String)] = []
    /// The same pods after a reboot, with why the container does not start; empty without a reboot.
    var restarts: [(resource: String, error: String?)] = []

    /// The result as JSON fields.
    var fields: [JSONValue.Field] {
      let offers = allocatable.sorted { $0.key < $1.key }.map { JSONValue.Field($0.key, .int($0.value)) }
      var fields: [JSONValue.Field] = [
        .init("allocatable", .object(offers)),
        .init("containers", .array(containers.map { SimulationReport.json($0.container, for: $0.request) })),
      ]
      if !restarts.isEmpty { fields.append(.init("restarts", .array(restarts.map(SimulationReport.json)))) }
      if let error { fields.append(.init("error", .string(error))) }
      return fields
    }

    static func failed(_ code: Int32, _ error: String) -> Outcome { Outcome(code: code, error: error) }

    /// All of it in one line.
    var line: String {
      if let error { return "FAILED: \(error)" }
      let offers = allocatable.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return "ok: " + (offers.isEmpty ? "nothing to offer" : offers.joined(separator: ", "))
    }
  }

  func run() async -> Outcome {
    if let reason = await unusableReboot() { return .failed(3, reason) }
    let directory: ScratchDirectory
    // Short: sockets go below it.
    do throws(FileError) { directory = try ScratchDirectory("devicepool") } catch { return .failed(3, "\(error)") }
    defer { directory.remove() }
    let queue = CompletionQueue()
    defer { queue.shutdown() }
    let kubelet = KubeletSimulator(
      queue: queue, directory: KubeletDirectory(directory.path), settings: SimulatorSettings(),
      report: { [verbosity = options.verbosity] event in
        if verbosity >= 0 { Console.complain("kubelet: \(event)") }
      })
    var options: Options
    let claims: SimulatedClaims?
    do {
      options = try self.options(below: directory)
      if options.registration == .watcher || !poolsOfDRA.isEmpty { try directory.make("plugins_registry") }
      try kubelet.start()
      claims = poolsOfDRA.isEmpty ? nil : try SimulatedClaims(options, kubelet, pools: poolsOfDRA)
    } catch {
      return .failed(3, "\(error)")
    }
    var outcome = await Self.serving(options, queue) { await meet(kubelet, claims) }
    claims?.stop()
    if outcome.code == 0, let reboot {
      options.hostRoot = reboot
      // Show the daemon's warnings about old environments.
      options.verbosity = max(options.verbosity, -1)
      let before = outcome
      outcome = await Self.serving(options, queue) { await startAgain(kubelet, before) }
    }
    await kubelet.stop()
    return outcome
  }

  /// Why the machine file of `reboot` can't be used, before anybody waits for a daemon on it; nil: it can.
  private func unusableReboot() async -> String? {
    guard let reboot else { return nil }
    var options = options
    options.hostRoot = reboot
    options.hostRootOrigin = "-reboot"
    do {
      _ = try await Rehearsal.run(PluginConfig(), options: options)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// What comes of `use` while the daemon runs.
  private static func serving(
    _ options: Options, _ queue: CompletionQueue, _ use: () async -> Outcome
  ) async -> Outcome {
    let (signals, tell) = AsyncStream.makeStream(of: Signals.Event.self)
    let plugin = Task { await Agent.run(options, signals: signals, queue: queue, log: Log.logger(options)) }
    var outcome = await use()
    tell.yield(.stop(name: "end of the rehearsal"))
    let ended = await plugin.value
    if outcome.code == 0, ended != 0 {
      outcome.code = ended
      outcome.error = "the daemon ended with \(ended)"
    }
    return outcome
  }

  /// After a reboot: kubelet has its checkpoint, and each container starts again with the answer from before.
  private func startAgain(_ kubelet: KubeletSimulator, _ before: Outcome) async -> Outcome {
    var outcome = before
    do {
      try await kubelet.restart()
    } catch {
      return .failed(3, "\(error)")
    }
    let resources = Set(before.pods.map(\.resource))
    _ = await kubelet.view(within: patience) { view in resources.allSatisfy { view[$0]?.socket != nil } }
    for pod in before.pods {
      do {
        try await kubelet.startContainer("app", ofPod: pod.uid)
        outcome.restarts.append((pod.resource, nil))
        outcome.texts.append("after the reboot: a container with \(pod.resource) starts again")
      } catch {
        outcome.restarts.append((pod.resource, "\(error)"))
        outcome.texts.append("after the reboot: a container with \(pod.resource) does not start: \(error)")
        outcome.code = 1
      }
    }
    if outcome.code != 0 { outcome.error = "not every container starts again; its pod has to be deleted" }
    return outcome
  }

  private var poolsOfDRA: [ResourcePool] { expected.pools.filter { $0.config.serve == .dra && !$0.units.isEmpty } }

  /// Files of the rehearsal stay in its own directory.
  private func options(below directory: ScratchDirectory) throws -> Options {
    var options = options
    options.configFiles = try configurations.enumerated().map { number, text in
      let path = "\(directory.path)/config-\(number).json"
      try AtomicFile(path: path, mode: 0o600).write(String(decoding: text, as: UTF8.self))
      return path
    }
    options.kubelet = KubeletDirectory(directory.path)
    options.runDirectory = "\(directory.path)/run"
    // No pod of the rehearsal is about to bring an interface home.
    options.interfacePatience = 0
    // A socket's directory is locked for a moment, and the scratch directory itself is locked while it is used.
    try directory.make("api")
    options.apiSocket = "\(directory.path)/api/api.sock"
    // Slices need a name, and a rehearsal on a recorded machine has none.
    if options.nodeName.isEmpty, !poolsOfDRA.isEmpty { options.nodeName = "this-node" }
    return options
  }

  private func meet(_ kubelet: KubeletSimulator, _ claims: SimulatedClaims?) async -> Outcome {
    let wanted = Dictionary(
      expected.pools.filter { !$0.units.isEmpty && $0.config.serve == .devicePlugin }
        .map { ("\($0.name)", $0.units.count) },
      uniquingKeysWith: { first, _ in first })
    let view = await kubelet.view(within: patience) { view in
      wanted.allSatisfy { view[$0.key]?.capacity == $0.value }
    }
    guard view != nil else {
      return .failed(1, "not registered within \(patience): \(Self.missing(of: wanted, in: kubelet.view))")
    }
    // A lost carrier makes a device Unhealthy a second later.
    let healthy = Dictionary(
      expected.pools.map { pool in ("\(pool.name)", pool.units.count { $0.health == .healthy }) },
      uniquingKeysWith: { first, _ in first })
    _ = await kubelet.view(within: Self.settling) { view in
      wanted.keys.allSatisfy { view[$0]?.allocatable == healthy[$0] }
    }
    var outcome = Outcome(texts: [SimulationReport.node(kubelet.view)], allocatable: kubelet.view.allocatable)
    if let claims {
      guard let capacities = await claims.capacities() else {
        return .failed(1, "the DRA driver is not registered, or its slices are incomplete, after \(patience)")
      }
      outcome.texts = kubelet.view.resources.isEmpty ? [] : outcome.texts
      outcome.texts.append(SimulationReport.claimable(capacities))
      outcome.allocatable.merge(capacities) { first, _ in first }
    }
    await admit(to: kubelet, claims, &outcome)
    return outcome
  }

  /// The resources that kubelet does not have, or not all devices of.
  private static func missing(of wanted: [String: Int], in view: NodeView) -> String {
    wanted.sorted { $0.key < $1.key }.compactMap { name, count in
      guard let resource = view[name] else { return name }
      return resource.capacity == count ? nil : "\(name), \(resource.capacity) of \(count) devices"
    }.joined(separator: "; ")
  }

  private func admit(to kubelet: KubeletSimulator, _ claims: SimulatedClaims?, _ outcome: inout Outcome) async {
    let requests =
      requests.isEmpty
      ? outcome.allocatable.filter { $0.value > 0 }.keys.sorted().map { ResourceRequest(resource: $0, count: 1) }
      : requests
    for (number, request) in requests.enumerated() {
      do throws(SimulatorError) {
        let containers: [ContainerView]
        if let claims, claims.serve(request.resource) {
          containers = [try await claims.container(for: request)]
        } else {
          let pod = Self.pod(number, request)
          containers = try await kubelet.admit(pod)
          outcome.pods.append((pod.uid, request.resource))
        }
        for container in containers {
          outcome.texts.append(SimulationReport.container(container, for: request))
          outcome.containers.append((request, container))
        }
      } catch {
        outcome.code = 1
        outcome.error = "\(request.resource)=\(request.count): \(error)"
        return
      }
    }
  }

  private static func pod(_ number: Int, _ request: ResourceRequest) -> Pod {
    Pod(
      uid: "00000000-0000-0000-0000-\(String(100_000_000_000 + number))", name: "rehearsal-\(number)",
      namespace: "default", containers: [.init(name: "app", requests: [request])])
  }
}
