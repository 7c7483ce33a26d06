import Foundation
import GRPC
import HostInventory
import KubeletAPI
import KubeletSimulator
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// The daemon and a kubelet stand-in in a directory of their own, over real sockets.
final class RunningPlugin: Sendable {
  let directory: TemporaryDirectory
  let machine: MachineTree
  let kubelet: KubeletSimulator
  let options: Options
  /// What it logged.
  let log: LogLines
  private let queue: CompletionQueue
  private let signals: AsyncStream<Signals.Event>.Continuation
  private let task: Task<Int32, Never>

  /// NPUs: accelerators need nothing of the network namespace that a test runs in, so the tree may change under way.
  static let npus = """
    {"resourceList": [
      {"resourceName": "ATOM", "resourcePrefix": "rebellions.ai", "deviceType": "accelerator",
       "selectors": {"vendors": ["1eff"], "drivers": ["rebellions"]}},
      {"resourceName": "passthrough", "resourcePrefix": "rebellions.ai", "deviceType": "accelerator",
       "selectors": {"vendors": ["1eff"], "drivers": ["vfio-pci"]}}
    ]}
    """

  init(
    _ registration: RegistrationMode.Choice, config: String = npus, kubeletRuns: Bool = true,
    machine: MachineTree? = nil, settings: SimulatorSettings = SimulatorSettings(), lines: LogLines? = nil,
    change: (inout Options) -> Void = { _ in }
  ) throws {
    let directory = try TemporaryDirectory()
    log = lines ?? LogLines()
    self.machine = try machine ?? MachineTree(named: "rebellions-atom")
    queue = CompletionQueue()
    let place = KubeletDirectory(directory["k"])
    kubelet = KubeletSimulator(queue: queue, directory: place, settings: settings, report: { _ in })
    let socketDirectory = registration == .watcher ? place.pluginsRegistry : place.devicePlugins
    try FileManager.default.createDirectory(atPath: socketDirectory, withIntermediateDirectories: true)
    if kubeletRuns { try kubelet.start() }
    try config.write(toFile: directory["config.json"], atomically: false, encoding: .utf8)
    var options = Options(configFiles: [directory["config.json"]])
    options.kubelet = place
    options.registration = registration
    options.hostRoot = self.machine.root.path
    options.runDirectory = directory["run"]
    options.verbosity = -1
    change(&options)
    self.options = options
    self.directory = directory
    let (events, signals) = AsyncStream.makeStream(of: Signals.Event.self)
    self.signals = signals
    task = Task { [queue, options, log] in
      await Agent.run(options, signals: events, queue: queue, log: log.logger)
    }
  }

  func tell(_ event: Signals.Event) { signals.yield(event) }

  /// Once it has ended.
  var exitCode: Int32 { get async { await task.value } }

  /// The exit code.
  func stop() async -> Int32 {
    signals.yield(.stop(name: "test"))
    let code = await exitCode
    await kubelet.stop()
    return code
  }

  func config(_ text: String) throws {
    try text.write(toFile: directory["config.json"], atomically: true, encoding: .utf8)
  }

  /// The stand-in's view once `resource` is as wanted; nil after ten seconds.
  func sees(
    _ resource: String, _ condition: @escaping @Sendable (ResourceView) -> Bool = { $0.capacity > 0 }
  ) async -> ResourceView? {
    let view = await kubelet.view(within: .seconds(10)) { view in view[resource].map(condition) ?? false }
    return view?[resource]
  }

  var sockets: [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: options.registration == .watcher ? options.kubelet.pluginsRegistry : options.kubelet.devicePlugins)
    return (names ?? []).filter { $0.hasSuffix(".sock") && $0 != "kubelet.sock" }.sorted()
  }
}
