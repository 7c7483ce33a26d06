public import GRPC
import KubeletAPI
import Synchronization

/// A container runtime stand-in: answers the two CRI calls about sandboxes from a list.
public final class FakeContainerRuntime: Sendable {
  public struct Pod: Sendable {
    public var sandbox: String
    public var uid: String
    public var name: String
    public var isReady: Bool
    public var attempt: UInt32
    /// What a verbose status tells; nil: nothing, as some runtimes.
    public var info: String?
    public var usesHostNetwork: Bool

    public init(
      sandbox: String, uid: String, name: String = "pod", isReady: Bool = true, attempt: UInt32 = 0,
      info: String? = nil,
      usesHostNetwork: Bool = false
    ) {
      self.sandbox = sandbox
      self.uid = uid
      self.name = name
      self.isReady = isReady
      self.attempt = attempt
      self.info = info
      self.usesHostNetwork = usesHostNetwork
    }
  }

  private struct State {
    var pods: [Pod]
    var isHanging = false
    var calls = 0
  }

  public let socket: String
  private let server: RPCServer
  private let state: Shared

  private final class Shared: Sendable {
    let pods: Mutex<State>
    init(_ pods: [Pod]) { self.pods = Mutex(State(pods: pods)) }
  }

  public init(at socket: String, queue: CompletionQueue, pods: [Pod]) throws {
    self.socket = socket
    let shared = Shared(pods)
    state = shared
    server = RPCServer(
      queue: queue,
      methods: [
        KubeletMethod.criListPodSandbox: .unary { request async throws(RPCStatus) in
          try await Self.answer(request, shared, Self.list)
        },
        KubeletMethod.criPodSandboxStatus: .unary { request async throws(RPCStatus) in
          try await Self.answer(request, shared, Self.status)
        },
      ])
    try server.listen(at: socket)
  }

  public func run(_ pods: [Pod]) { state.pods.withLock { $0.pods = pods } }
  /// Calls are taken and not answered.
  public func hang() { state.pods.withLock { $0.isHanging = true } }
  public var calls: Int { state.pods.withLock { $0.calls } }

  public func stop() async { await server.stop(grace: .milliseconds(100)) }

  private static func answer<Request: WireMessage, Answer: WireMessage>(
    _ bytes: ByteBuffer, _ state: Shared, _ body: (Request, [Pod]) throws(RPCStatus) -> Answer
  ) async throws(RPCStatus) -> ByteBuffer {
    let (pods, isHanging) = state.pods.withLock { state in
      state.calls += 1
      return (state.pods, state.isHanging)
    }
    if isHanging {
      try? await Task.sleep(for: .seconds(60))
      throw RPCStatus(code: .cancelled, message: "hung")
    }
    guard let request = try? Request(decoding: bytes.bytes) else {
      throw RPCStatus(code: .internal, message: "not a \(Request.self)")
    }
    return ByteBuffer(try body(request, pods).encoded())
  }

  private static func list(
    _ request: ListPodSandboxRequest, _ pods: [Pod]
  ) throws(RPCStatus) -> ListPodSandboxResponse {
    let wanted = request.filter?.labels ?? [:]
    let found = pods.filter { pod in wanted.allSatisfy { labels(of: pod)[$0.key] == $0.value } }
    return ListPodSandboxResponse(
      sandboxes: found.map { pod in
        PodSandbox(
          id: pod.sandbox, metadata: metadata(of: pod), state: pod.isReady ? .ready : .notReady,
          createdAt: 1_700_000_000_000_000_000 + Int64(pod.attempt), labels: labels(of: pod))
      })
  }

  private static func status(
    _ request: PodSandboxStatusRequest, _ pods: [Pod]
  ) throws(RPCStatus) -> PodSandboxStatusResponse {
    guard let pod = pods.first(where: { $0.sandbox == request.id }) else {
      throw RPCStatus(code: .notFound, message: "no sandbox \(request.id)")
    }
    return PodSandboxStatusResponse(
      status: PodSandboxStatus(
        id: pod.sandbox, metadata: metadata(of: pod), state: pod.isReady ? .ready : .notReady,
        namespaces: NamespaceOption(network: pod.usesHostNetwork ? .node : .pod), labels: labels(of: pod)),
      info: request.isVerbose ? pod.info.map { ["info": $0] } ?? [:] : [:])
  }

  private static func metadata(of pod: Pod) -> PodSandboxMetadata {
    PodSandboxMetadata(name: pod.name, uid: pod.uid, namespace: "default", attempt: pod.attempt)
  }

  private static func labels(of pod: Pod) -> [String: String] {
    [
      "io.kubernetes.pod.uid": pod.uid, "io.kubernetes.pod.name": pod.name,
      "io.kubernetes.pod.namespace": "default",
    ]
  }
}
