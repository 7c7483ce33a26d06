public import GRPC
public import KubeletAPI
import Synchronization

/// Simulates the part of kubelet that device plugins use, over real sockets and without a cluster.
///
/// Like kubelet's device manager, it accepts registrations by both paths, follows the plugins' device lists, admits
/// pods and writes the checkpoint. Stop it before the completion queue is shut down. After `stop` it may be started
/// again: pods keep their devices, as when kubelet restarts.
public final class KubeletSimulator: Sendable {
  /// What runs between start and stop.
  struct Running: Sendable {
    var servers: [RPCServer] = []
    var watcher: RegistryWatcher?
  }

  /// The directory that plays kubelet's root directory.
  public let directory: KubeletDirectory
  let queue: CompletionQueue
  let settings: SimulatorSettings
  let report: @Sendable (SimulatorEvent) -> Void
  let tasks = OwnedTasks()
  private let state: Mutex<NodeState>
  /// Writers take turns, so that the file never goes back to an older state.
  let checkpointTurn = Mutex<Void>(())
  private let observers = Mutex<[Int: AsyncStream<NodeView>.Continuation]>([:])
  private let nextObserver = Atomic<Int>(0)
  private let running = Mutex<Running?>(nil)

  /// Creates a simulator that does not run yet. `report` is called for each event, on any thread.
  public init(
    queue: CompletionQueue, directory: KubeletDirectory, settings: SimulatorSettings,
    report: @escaping @Sendable (SimulatorEvent) -> Void
  ) {
    self.queue = queue
    self.directory = directory
    self.settings = settings
    self.report = report
    state = Mutex(NodeState(random: SeededRandom(seed: settings.seed)))
  }

  /// Creates the directories, deletes every socket in `device-plugins` and serves. If `plugins_registry` exists, it is
  /// watched and the sockets in it are registered. Does nothing while it runs.
  public func start() throws(SimulatorError) {
    guard running.withLock({ $0 == nil }) else { return }
    for path in [directory.path, directory.devicePlugins, directory.podResources] { try SocketDirectory.make(path) }
    try SocketDirectory.deleteSockets(in: directory.devicePlugins)
    change { $0.startAgain() }
    var running = Running()
    do throws(ListenError) {
      running.servers = [
        try serve(at: directory.podResourcesSocket, podResourcesMethods),
        try serve(at: directory.registrationSocket, registrationMethods),
      ]
    } catch {
      throw .listen(error)
    }
    let watcher = try RegistryWatcher(directory.pluginsRegistry, watcher: queue.watcher)
    running.watcher = watcher
    self.running.withLock { $0 = running }
    tasks.run { [self] in await follow(watcher) }
  }

  /// Ends every stream and closes both sockets; the plugins' sockets stay.
  public func stop() async {
    guard let running = running.withLock({ $0.take() }) else { return }
    running.watcher?.stop()
    await withTaskGroup { group in
      for server in running.servers { group.addTask { await server.stop(grace: .zero) } }
    }
    // No registration comes any more: what runs now is all there is to end.
    await tasks.cancelAll()
  }

  /// Stops and starts again, as kubelet's restart looks to a plugin: its stream ends, its socket is deleted, and
  /// kubelet's socket appears again.
  public func restart() async throws(SimulatorError) {
    await stop()
    try start()
  }

  private func serve(at path: String, _ methods: [String: RPCMethod]) throws(ListenError) -> RPCServer {
    let server = RPCServer(queue: queue, methods: methods)
    try server.listen(at: path)
    return server
  }

  // State and its observers.

  /// The node's state now.
  public var view: NodeView { state.withLock { $0.view } }

  /// A stream of the node's state: now, and after each change. A slow reader gets only the newest state.
  public var views: AsyncStream<NodeView> {
    let (stream, continuation) = AsyncStream.makeStream(of: NodeView.self, bufferingPolicy: .bufferingNewest(1))
    let number = nextObserver.add(1, ordering: .relaxed).newValue
    continuation.onTermination = { [weak self] _ in self?.observers.withLock { $0[number] = nil } }
    observers.withLock { observers in
      observers[number] = continuation
      continuation.yield(view)
    }
    return stream
  }

  /// Waits until the node's state satisfies a condition.
  ///
  /// - Returns: The first such state; nil when there was none within `limit`.
  public func view(
    within limit: Duration, where condition: @escaping @Sendable (NodeView) -> Bool
  ) async -> NodeView? {
    await withTaskGroup(of: NodeView?.self) { group in
      group.addTask { [views] in await views.first(where: condition) }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  func withState<Result: Sendable, Failure>(
    _ body: (inout NodeState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try state.withLock { (state) throws(Failure) in try body(&state) }
  }

  /// Changes the state and notifies its observers.
  @discardableResult
  func change<Result: Sendable, Failure>(
    _ body: (inout NodeState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try withState(body)
    // The view is taken with the observers held, so that none of them gets an older one last.
    observers.withLock { observers in
      guard !observers.isEmpty else { return }
      let view = view
      for observer in observers.values { observer.yield(view) }
    }
    return result
  }
}
