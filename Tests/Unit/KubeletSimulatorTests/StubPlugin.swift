import GRPC
import KubeletAPI
import Synchronization

/// A device plugin of few words: lists what it is told to, answers Allocate with the ids, and remembers its calls.
final class StubPlugin: Sendable {
  struct State {
    var devices: [PluginDevice]
    var streams: [Int: AsyncStream<[PluginDevice]>.Continuation] = [:]
    var nextStream = 0
    var allocated: [[String]] = []
    var preStarted: [[String]] = []
    var statuses: [RegistrationStatus] = []
  }

  let resource: String
  let socket: String
  private let queue: CompletionQueue
  private let options: DevicePluginOptions
  private let info: PluginInfo
  private let preferred: @Sendable (PreferredAllocationRequest.Container) throws(RPCStatus) -> [String]
  private let state: Mutex<State>
  private let server = Mutex<RPCServer?>(nil)

  init(
    _ resource: String, socket: String, queue: CompletionQueue, devices: [PluginDevice],
    options: DevicePluginOptions = DevicePluginOptions(), info: PluginInfo? = nil,
    preferred: @escaping @Sendable (PreferredAllocationRequest.Container) throws(RPCStatus) -> [String] = {
      _ throws(RPCStatus) in []
    }
  ) {
    self.resource = resource
    self.socket = socket
    self.queue = queue
    self.options = options
    self.info = info ?? PluginInfo(name: resource, endpoint: socket, supportedVersions: ["v1beta1"])
    self.preferred = preferred
    state = Mutex(State(devices: devices))
  }

  var allocated: [[String]] { state.withLock { $0.allocated } }
  var preStarted: [[String]] { state.withLock { $0.preStarted } }
  var statuses: [RegistrationStatus] { state.withLock { $0.statuses } }
  var openStreams: Int { state.withLock { $0.streams.count } }

  func serve() throws {
    let server = RPCServer(queue: queue, methods: methods)
    try server.listen(at: socket)
    self.server.withLock { $0 = server }
  }

  /// Ends the streams well and deletes the socket.
  func stop() async {
    await server.withLock { $0.take() }?.stop(grace: .seconds(1))
  }

  func list(_ devices: [PluginDevice]) {
    let streams = state.withLock { state in
      state.devices = devices
      return Array(state.streams.values)
    }
    for stream in streams { stream.yield(devices) }
  }

  func endStreams() {
    for stream in state.withLock({ Array($0.streams.values) }) { stream.finish() }
  }

  /// Registers directly; throws what kubelet says.
  func register(at kubelet: String, version: String = "v1beta1") async throws(RPCStatus) {
    let endpoint = socket.split(separator: "/").last.map(String.init) ?? ""
    let request = RegisterRequest(version: version, endpoint: endpoint, resourceName: resource)
    _ = try await RPCChannel(queue: queue, path: kubelet).unary(
      KubeletMethod.register, ByteBuffer(request.encoded()), timeout: .seconds(20))
  }

  private var methods: [String: RPCMethod] {
    [
      KubeletMethod.getDevicePluginOptions: .unary { [options] _ in ByteBuffer(options.encoded()) },
      KubeletMethod.listAndWatch: .serverStream { [self] (_, stream) throws(RPCStatus) in try await watch(stream) },
      KubeletMethod.getPreferredAllocation: answering { [preferred] (request: PreferredAllocationRequest) in
        PreferredAllocationResponse(containers: try request.containers.map { try preferred($0) })
      },
      KubeletMethod.allocate: answering { [self] (request: AllocateRequest) in allocate(request) },
      KubeletMethod.preStartContainer: answering { [self] (request: PreStartContainerRequest) in
        state.withLock { $0.preStarted.append(request.deviceIDs) }
        return PreStartContainerResponse()
      },
      KubeletMethod.getInfo: .unary { [info] _ in ByteBuffer(info.encoded()) },
      KubeletMethod.notifyRegistrationStatus: answering { [self] (status: RegistrationStatus) in
        state.withLock { $0.statuses.append(status) }
        return RegistrationStatusResponse()
      },
    ]
  }

  private func allocate(_ request: AllocateRequest) -> AllocateResponse {
    state.withLock { $0.allocated += request.containers }
    return AllocateResponse(
      containers: request.containers.map { ids in
        ContainerAllocateResponse(
          environment: ["IDS": ids.sorted().joined(separator: ","), "OF": resource],
          devices: [.init(containerPath: "/dev/shared", hostPath: "/dev/\(resource)", permissions: "rw")])
      })
  }

  private func watch(_ stream: ResponseStream) async throws(RPCStatus) {
    let (lists, continuation) = AsyncStream.makeStream(of: [PluginDevice].self)
    let number = state.withLock { state in
      state.nextStream += 1
      state.streams[state.nextStream] = continuation
      continuation.yield(state.devices)
      return state.nextStream
    }
    defer { state.withLock { $0.streams[number] = nil } }
    for await devices in lists { try await stream.send(ByteBuffer(ListAndWatchResponse(devices: devices).encoded())) }
  }

  private func answering<Request: WireMessage, Answer: WireMessage>(
    _ body: @escaping @Sendable (Request) throws -> Answer
  ) -> RPCMethod {
    .unary { (buffer) throws(RPCStatus) in
      do {
        return ByteBuffer(try body(try Request(decoding: buffer.bytes)).encoded())
      } catch let status as RPCStatus {
        throw status
      } catch {
        throw RPCStatus(code: .invalidArgument, message: "\(error)")
      }
    }
  }
}
