public import GRPC
import KubeletAPI

/// A client of the node's container runtime (CRI): it lists sandboxes and reads their status.
public struct ContainerRuntime: Sendable {
  let socket: String
  private let channel: RPCChannel

  /// Creates a client; it connects with the first call.
  public init(socket: String, queue: CompletionQueue) {
    self.socket = socket
    channel = RPCChannel(queue: queue, path: socket)
  }

  /// Lists the sandboxes of a pod, ready or not; those of all pods when `pod` is nil.
  public func sandboxes(of pod: PodReference?, timeout: Duration) async throws(KubeletStateError) -> [Sandbox] {
    let request = ListPodSandboxRequest(filter: pod.map { PodSandboxFilter(labels: $0.labels) })
    let answer: ListPodSandboxResponse = try await channel.call(
      KubeletMethod.criListPodSandbox, request, socket: socket, timeout: timeout)
    return answer.sandboxes.map(Sandbox.init)
  }

  /// Reads the verbose status of a sandbox, with what the runtime reports beyond the API.
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
