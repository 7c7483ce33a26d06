import Effects
import GRPC
import HostInventory
import KubeletAPI
import KubeletState
import Linux
import Logging
import Observability
import ResourcePools
import Synchronization
import UnifiedBus

/// The endpoint of one pool: registers it with kubelet and answers kubelet's calls until it is stopped.
///
/// One task (`run`) takes events in turn, asks `PoolEndpointState` what to do, and does it. RPC handlers only add
/// events.
actor PoolEndpoint {
  let name: ResourceName
  /// The socket's path, in the directory where kubelet looks.
  let socketFile: String
  private let needsPreStart: Bool
  /// Whether PreStartContainer checks that the container's Allocate answer still fits its devices.
  private let isGuarded: Bool
  private let context: PoolContext
  private let mode: RegistrationMode
  private let log: Logger

  /// Answers Allocate and GetPreferredAllocation without the actor.
  private let allocations: PoolAllocations
  /// Only the actor makes a new one; a stream sends its first one without the actor.
  private let newest: Mutex<DeviceList>
  private var pool: ResourcePool
  private var view: HostSnapshot
  private var state: PoolEndpointState

  private var server: RPCServer?
  /// Incremented with every socket, so that events of tasks of an earlier socket are ignored.
  private var generation = 0
  private var timer: Task<Void, Never>?
  private var registration: Task<Void, Never>?
  private var streams: [Int: Stream] = [:]
  private var streamsOpened = 0
  /// The last problem, until kubelet watches the pool.
  private var trouble: String?

  private let events: AsyncStream<Input>
  private let inbox: AsyncStream<Input>.Continuation

  private struct Stream {
    let signal: AsyncStream<Void>.Continuation
    /// The revision that kubelet has.
    var sent: Int
  }

  private struct Input: Sendable {
    let event: PoolEndpointState.Event
    /// Nil for any socket.
    let generation: Int?
  }

  init(
    pool: ResourcePool, view: HostSnapshot, mode: RegistrationMode, isGuarded: Bool, context: PoolContext, log: Logger
  ) {
    self.isGuarded = isGuarded
    self.pool = pool
    self.view = view
    self.mode = mode
    self.context = context
    name = pool.name
    socketFile = "\(name.prefix)_\(name.name).sock"
    needsPreStart = pool.config.type.registration == .preStart
    newest = Mutex(DeviceList(of: pool))
    state = PoolEndpointState(mode: mode, watcherPatience: context.watcherPatience)
    var log = log
    log[metadataKey: "resource"] = "\(pool.name)"
    self.log = log
    allocations = PoolAllocations(pool, view: view, context: context, log: log)
    (events, inbox) = AsyncStream.makeStream(of: Input.self)
  }

  /// Serves until `stop`. Call it once.
  func run() async {
    tell(.start)
    for await input in events {
      if let generation = input.generation, generation != self.generation { continue }
      if input.event == .registered || input.event == .notified(error: nil) { noteRegistered() }
      for action in state.handle(input.event) { await perform(action) }
      if state.phase == .serving { trouble = nil }
      if state.phase == .stopped { break }
    }
    inbox.finish()
  }

  private func noteRegistered() {
    log.info("registered with kubelet")
    context.counters.registered(name, failed: false)
  }

  nonisolated func tell(_ event: PoolEndpointState.Event, generation: Int? = nil) {
    inbox.yield(Input(event: event, generation: generation))
  }

  nonisolated func stop() { tell(.stop) }

  /// Sends an empty list, so that the node's capacity is right at once. Returns when kubelet has received it.
  func withdraw() async {
    update(ResourcePool(config: pool.config, units: []), view: view)
    let patience = ContinuousClock.now + .seconds(1)
    while streams.values.contains(where: { $0.sent != list.revision }), ContinuousClock.now < patience {
      guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { break }
    }
    stop()
  }

  /// Takes over new members or facts; kubelet gets a list only if it differs.
  func update(_ pool: ResourcePool, view: HostSnapshot) {
    let isChanged = pool.units != self.pool.units
    self.pool = pool
    self.view = view
    allocations.follow(pool, view: view)
    if generation > 0 { publish(isChanged ? .anew : .ifGone) }
    let last = list
    guard let next = last.following(pool) else { return }
    newest.withLock { $0 = next }
    guard generation > 0 else { return }
    let (added, removed) = last.difference(to: next)
    var metadata: Logger.Metadata = ["devices": "\(next.count)"]
    if !added.isEmpty { metadata["added"] = "\(IDList.some(of: added))" }
    if !removed.isEmpty { metadata["removed"] = "\(IDList.some(of: removed))" }
    log.info("devices changed", metadata: metadata)
    for stream in streams.values { stream.signal.yield() }
  }

  /// Called before kubelet gets new devices, because their CDI names must resolve.
  private func publish(_ publication: AllocationEffects.Publication) {
    do throws(FileError) {
      try context.effects.publish(pool, nodes: view.inventory.nodes, publication)
    } catch {
      log.error("the CDI spec is not written", metadata: ["err": "\(error)"])
    }
  }

  private nonisolated var list: DeviceList { newest.withLock { $0 } }

  var status: PoolStatus {
    PoolStatus(pool: pool, openStreams: streams.count, obstacle: state.phase.obstacle(trouble: trouble))
  }

  // MARK: What the state machine asks for

  private func perform(_ action: PoolEndpointState.Action) async {
    switch action {
    case .listen: listen()
    case .close: await close()
    case .register: register()
    case .startTimer(let seconds): startTimer(seconds)
    case .stopTimer:
      timer?.cancel()
      timer = nil
    case .report(let trouble): report(trouble)
    }
  }

  private func listen() {
    generation += 1
    // With the plugin watcher the socket alone makes kubelet register it.
    if mode == .watcher, pool.config.isRetired, let rival { return tell(.listenFailed(rival)) }
    let server = RPCServer(queue: context.queue, methods: methods(generation))
    do {
      // Write the file first: containers that kubelet restarts resolve CDI names before any new Allocate.
      try context.effects.publish(pool, nodes: view.inventory.nodes, .anew)
      try server.listen(at: socketPath)
      self.server = server
      context.sockets.add(socketPath)
      tell(.listened)
      // Packs the list while kubelet is still connecting.
      _ = list.packed
      log.info("listening", metadata: ["socket": "\(socketPath)", "devices": "\(list.count)"])
    } catch {
      tell(.listenFailed("\(error)"))
    }
  }

  private func close() async {
    generation += 1
    // Cancel the running call. kubelet would otherwise connect to the next socket because of it, which registers by
    // itself.
    registration?.cancel()
    for stream in streams.values { stream.signal.finish() }
    streams = [:]
    guard let server else { return }
    self.server = nil
    context.sockets.remove(socketPath)
    await server.stop(grace: .seconds(1))
  }

  private func register() {
    let registrar = Registrar(queue: context.queue, socket: context.kubelet.registrationSocket)
    let generation = generation
    let options = options
    registration = Task { [name, socketFile, isRetired = pool.config.isRetired] in
      if isRetired {
        guard (try? await Task.sleep(for: Self.courtesy)) != nil else { return }
        if let rival { return self.tell(.registrationFailed(rival), generation: generation) }
      }
      do throws(RPCStatus) {
        try await registrar.register(name, endpoint: socketFile, options: options)
        self.tell(.registered, generation: generation)
      } catch {
        self.tell(.registrationFailed("\(error.message) (\(error.code))"), generation: generation)
      }
    }
  }

  /// How long a pool that the configuration no longer has lets a plugin that took over its resource send its list.
  private static let courtesy = Duration.seconds(2)

  /// Why a pool that the configuration no longer has must not be registered now; nil when it may. Its own devices are
  /// all Unhealthy.
  private nonisolated var rival: String? {
    context.assignments.hasHealthyDevices(of: name)
      ? "the configuration no longer has it, and another plugin serves it: kubelet's checkpoint has healthy devices of it"
      : nil
  }

  private func startTimer(_ seconds: Double) {
    timer?.cancel()
    let generation = generation
    timer = Task {
      guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
      tell(.timer, generation: generation)
    }
  }

  private func report(_ trouble: PoolEndpointState.Trouble) {
    self.trouble = trouble.text
    switch trouble {
    case .listen(let reason): log.error("cannot serve", metadata: ["socket": "\(socketPath)", "err": "\(reason)"])
    case .registration(let reason):
      context.counters.registered(name, failed: true)
      log.warning("kubelet did not register the resource; trying again", metadata: ["err": "\(reason)"])
    case .noStream: log.warning("kubelet registered the resource and did not open ListAndWatch; trying again")
    case .nobodyCame: context.nobodyCame()
    case .streamEnded: log.warning("kubelet ended ListAndWatch; registering again")
    }
  }

  // MARK: Socket

  private nonisolated var socketPath: String { "\(mode.socketDirectory(in: context.kubelet))/\(socketFile)" }

  /// Makes sure that the socket's file is still our own, after a change in its directory.
  func checkSocket() {
    guard let server else {
      if FileKind(path: socketPath) == nil { tell(.pathFreed) }
      return
    }
    guard !server.ownsSocketFile else { return }
    log.warning("the socket's file is gone; making it again", metadata: ["socket": "\(socketPath)"])
    tell(.socketVanished)
  }

  private nonisolated var options: DevicePluginOptions {
    DevicePluginOptions(
      preStartRequired: needsPreStart || isGuarded,
      preferredAllocationAvailable: allocations.hasPreference)
  }

  // MARK: RPCs

  private nonisolated func methods(_ generation: Int) -> [String: RPCMethod] {
    var methods: [String: RPCMethod] = [
      KubeletMethod.getDevicePluginOptions: .unary { [weak self] _ throws(RPCStatus) in
        ByteBuffer(try self.alive.options.encoded())
      },
      KubeletMethod.listAndWatch: .serverStream { [weak self] _, stream throws(RPCStatus) in
        try await self?.listAndWatch(stream, generation)
      },
      KubeletMethod.allocate: .unary { [weak self] request throws(RPCStatus) in
        ByteBuffer(try await self.alive.allocations.allocate(try decoded(request)).encoded())
      },
      KubeletMethod.getPreferredAllocation: .unary { [weak self] request throws(RPCStatus) in
        ByteBuffer(try self.alive.allocations.preferred(try decoded(request)).encoded())
      },
      KubeletMethod.preStartContainer: .unary { [weak self] request throws(RPCStatus) in
        try await self.alive.preStart(try decoded(request))
        return ByteBuffer(PreStartContainerResponse().encoded())
      },
    ]
    if mode == .watcher {
      methods[KubeletMethod.getInfo] = .unary { [weak self] _ throws(RPCStatus) in
        ByteBuffer(try self.alive.info.encoded())
      }
      methods[KubeletMethod.notifyRegistrationStatus] = .unary { [weak self] request throws(RPCStatus) in
        try self.alive.notified(try decoded(request), generation)
        return ByteBuffer(RegistrationStatusResponse().encoded())
      }
    }
    return methods
  }

  private nonisolated var info: PluginInfo {
    PluginInfo(
      name: name.description, endpoint: socketPath, supportedVersions: ["v1alpha1", DevicePluginVersion.current])
  }

  private nonisolated func notified(_ status: RegistrationStatus, _ generation: Int) {
    let reason = status.error.isEmpty ? "kubelet gave no reason" : status.error
    tell(.notified(error: status.isRegistered ? nil : reason), generation: generation)
  }

  /// Sends the first list without the actor, because kubelet offers nothing before it has arrived.
  private nonisolated func listAndWatch(_ stream: ResponseStream, _ generation: Int) async throws(RPCStatus) {
    let opened = ContinuousClock.now
    tell(.streamOpened, generation: generation)
    log.debug("ListAndWatch opened")
    defer {
      tell(.streamEnded(lasted: (ContinuousClock.now - opened) / .seconds(1)), generation: generation)
      log.debug("ListAndWatch ended")
    }
    try await keep(stream, informed: try await send(list, on: stream))
  }

  /// Sends every list that is newer than the one of revision `sent`.
  private func keep(_ stream: ResponseStream, informed sent: Int) async throws(RPCStatus) {
    // Only the newest list counts, so a slow kubelet keeps one message in memory instead of a queue.
    let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    streamsOpened += 1
    let number = streamsOpened
    streams[number] = Stream(signal: signal, sent: sent)
    defer { streams[number] = nil }
    signal.yield()
    for await _ in changes where streams[number]?.sent != list.revision {
      // In two steps: an assignment to an optional chain would hold `streams` open while others change it.
      let revision = try await send(list, on: stream)
      streams[number]?.sent = revision
    }
  }

  /// The revision that the client has now.
  private nonisolated func send(_ list: DeviceList, on stream: ResponseStream) async throws(RPCStatus) -> Int {
    try await stream.send(list.packed)
    context.counters.sentList(name)
    return list.revision
  }

  private func preStart(_ request: PreStartContainerRequest) async throws(RPCStatus) {
    if isGuarded || needsPreStart { try await allocations.checkAnswer(request.deviceIDs) }
    guard needsPreStart else { return }
    try await allocations.describeAgain(request.deviceIDs)
    try await context.unifiedBus?.place(
      request.deviceIDs.sorted(), of: pool.config, counters: context.counters, log: log)
  }
}

/// The server's handlers may run a moment longer than the endpoint at the end.
extension Optional where Wrapped == PoolEndpoint {
  fileprivate var alive: PoolEndpoint {
    get throws(RPCStatus) {
      guard let self else { throw RPCStatus(code: .unavailable, message: "the pool is gone") }
      return self
    }
  }
}

private func decoded<Message: WireMessage>(_ request: ByteBuffer) throws(RPCStatus) -> Message {
  do {
    return try Message(decoding: request.bytes)
  } catch {
    throw RPCStatus(code: .invalidArgument, message: "\(error)")
  }
}
