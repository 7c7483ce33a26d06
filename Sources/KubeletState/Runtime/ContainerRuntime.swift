public import GRPC
import KubeletAPI

/// The container runtime of this node, by the CRI: which sandboxes a pod has, and what is known of one.
public struct ContainerRuntime: Sendable {
  public let socket: String
  private let channel: RPCChannel

  public init(socket: String, queue: CompletionQueue) {
    self.socket = socket
    channel = RPCChannel(queue: queue, path: socket)
  }

  /// The sandboxes of a pod, ready or not; of every pod when it is nil.
  public func sandboxes(of pod: PodReference?, timeout: Duration) async throws(KubeletStateError) -> [Sandbox] {
    let request = ListPodSandboxRequest(filter: pod.map { PodSandboxFilter(labels: $0.labels) })
    let answer: ListPodSandboxResponse = try await channel.call(
      KubeletMethod.criListPodSandbox, request, socket: socket, timeout: timeout)
    return answer.sandboxes.map(Sandbox.init)
  }

  /// The status of a sandbox, including what the runtime reports beyond the API.
  public func status(of sandbox: String, timeout: Duration) async throws(KubeletStateError) -> SandboxStatus {
    let answer: PodSandboxStatusResponse = try await channel.call(
      KubeletMethod.criPodSandboxStatus, PodSandboxStatusRequest(id: sandbox, isVerbose: true), socket: socket,
      timeout: timeout)
    return try SandboxStatus(answer, sandbox: sandbox)
  }
}

extension Sandbox {
  init(_ sandbox: PodSandbox) {
    self.init(
      id: sandbox.id, podUID: sandbox.metadata?.uid ?? sandbox.labels[PodSandboxFilter.podUIDLabel] ?? "",
      isReady: sandbox.state == .ready, attempt: sandbox.metadata?.attempt ?? 0, createdAt: sandbox.createdAt)
  }
}

extension SandboxStatus {
  init(_ answer: PodSandboxStatusResponse, sandbox: String) throws(KubeletStateError) {
    guard let status = answer.status else {
      throw .sandboxInfo(sandbox: sandbox, reason: "the runtime's answer has no status")
    }
    let mode: NetworkMode =
      switch status.namespaces?.network {
      case .none: .untold
      case .some(.node): .node
      case .some: .pod
      }
    self.init(
      id: sandbox, isReady: status.state == .ready, mode: mode,
      info: try SandboxInfo(info: answer.info, sandbox: sandbox))
  }
}

extension RPCChannel {
  /// Calls a method with a message and reads the answer; the error names the method and the socket.
  func call<Request: WireMessage, Answer: WireMessage>(
    _ method: String, _ request: Request, socket: String, timeout: Duration
  ) async throws(KubeletStateError) -> Answer {
    let bytes: ByteBuffer
    do throws(RPCStatus) {
      bytes = try await unary(method, ByteBuffer(request.encoded()), timeout: timeout)
    } catch {
      throw .call(method: method, socket: socket, reason: "\(error.code): \(error.message)")
    }
    do throws(CodecError) {
      return try bytes.withUnsafeBytes { buffer throws(CodecError) in try Answer(decoding: buffer) }
    } catch {
      throw .call(method: method, socket: socket, reason: "\(error)")
    }
  }
}
