import GRPC
import KubeletAPI
import KubeletSimulator
import Synchronization
import TestSupport

/// A directory, a queue and a stand-in in it, taken down in the right order by `with`.
struct Node: Sendable {
  let kubelet: KubeletSimulator
  let directory: KubeletDirectory
  let queue: CompletionQueue
  private let plugins = Plugins()

  private final class Plugins: Sendable {
    let all = Mutex<[StubPlugin]>([])
  }

  static func with(
    _ change: (inout SimulatorSettings) -> Void = { _ in }, _ body: (Node) async throws -> Void
  ) async throws {
    let temporary = try TemporaryDirectory()
    let directory = KubeletDirectory(temporary["kubelet"])
    try makeDirectories(directory.path, directory.pluginsRegistry)
    var settings = SimulatorSettings()
    settings.retryPause = .milliseconds(20)
    change(&settings)
    let queue = CompletionQueue()
    let kubelet = KubeletSimulator(queue: queue, directory: directory, settings: settings) { _ in }
    let node = Node(kubelet: kubelet, directory: directory, queue: queue)
    var failure: (any Error)?
    do {
      try kubelet.start()
      try await body(node)
    } catch {
      failure = error
    }
    for plugin in node.plugins.all.withLock({ $0 }) { await plugin.stop() }
    await kubelet.stop()
    queue.shutdown()
    withExtendedLifetime(temporary) {}
    if let failure { throw failure }
  }

  /// A plugin whose socket is `name` in the directory for direct plugins, or in plugins_registry; not serving yet.
  func plugin(
    _ resource: String = "example.com/vf", in place: KeyPath<KubeletDirectory, String> = \.devicePlugins,
    name: String = "stub.sock", devices: [PluginDevice] = .healthy(3),
    options: DevicePluginOptions = DevicePluginOptions(), info: PluginInfo? = nil,
    preferred: @escaping @Sendable (PreferredAllocationRequest.Container) throws(RPCStatus) -> [String] = {
      _ throws(RPCStatus) in []
    }
  ) -> StubPlugin {
    let plugin = StubPlugin(
      resource, socket: "\(directory[keyPath: place])/\(name)", queue: queue, devices: devices, options: options,
      info: info, preferred: preferred)
    plugins.all.withLock { $0.append(plugin) }
    return plugin
  }

  /// A plugin that serves, is registered directly and has listed its devices.
  func registered(
    _ resource: String = "example.com/vf", name: String = "stub.sock", devices: [PluginDevice] = .healthy(3),
    options: DevicePluginOptions = DevicePluginOptions(),
    preferred: @escaping @Sendable (PreferredAllocationRequest.Container) throws(RPCStatus) -> [String] = {
      _ throws(RPCStatus) in []
    }
  ) async throws -> StubPlugin {
    let plugin = plugin(resource, name: name, devices: devices, options: options, preferred: preferred)
    try plugin.serve()
    try await plugin.register(at: directory.registrationSocket)
    _ = try await view { $0[resource]?.devices == devices.sorted { $0.id < $1.id } }
    return plugin
  }

  /// The view as soon as it is as wanted; throws when it does not become so.
  @discardableResult
  func view(_ condition: @escaping @Sendable (NodeView) -> Bool) async throws -> NodeView {
    guard let view = await kubelet.view(within: .seconds(10), where: condition) else {
      throw NeverSeen(last: kubelet.view)
    }
    return view
  }

  struct NeverSeen: Error {
    let last: NodeView
  }
}

extension [PluginDevice] {
  static func healthy(_ count: Int) -> [PluginDevice] {
    (0..<count).map { PluginDevice(id: "dev\($0)", isHealthy: true, numaNodes: [$0 % 2]) }
  }
}

extension Pod {
  init(_ uid: String, _ requests: String...) throws {
    self.init(
      uid: uid, name: "pod-\(uid)",
      containers: [Container(name: "app", requests: try requests.map { try ResourceRequest(parsing: $0) })])
  }
}
