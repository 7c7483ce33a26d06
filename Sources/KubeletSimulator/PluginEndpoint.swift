import GRPC
import KubeletAPI
import Synchronization

/// A plugin's end of one registration: the connection that kubelet has dialled back, and the stream on it.
final class PluginEndpoint: Sendable {
  let resource: String
  let socket: String
  private let channel: RPCChannel
  /// grpc-go's default, which kubelet leaves as it is: a longer list ends the stream.
  private static let messageLimit = 4 << 20
  private let stream = Mutex<RPCStream?>(nil)

  init(resource: String, socket: String, queue: CompletionQueue) {
    self.resource = resource
    self.socket = socket
    channel = RPCChannel(queue: queue, path: socket, maxMessageBytes: Self.messageLimit)
  }

  /// The first call on the connection, which is tried until the socket is there.
  func options(dialLimit: Duration, limit: Duration) async throws(RPCStatus) -> DevicePluginOptions {
    try await channel.dialling(KubeletMethod.getDevicePluginOptions, Empty(), dialLimit: dialLimit, limit: limit)
  }

  func listAndWatch() -> RPCStream {
    let stream = channel.serverStream(KubeletMethod.listAndWatch, ByteBuffer(Empty().encoded()))
    self.stream.withLock { $0 = stream }
    return stream
  }

  /// Ends the stream from kubelet's side.
  func cancel() {
    stream.withLock { $0 }?.cancel()
  }

  func call<Answer: WireMessage>(
    _ method: String, _ request: some WireMessage, limit: Duration
  ) async throws(SimulatorError) -> Answer {
    try await channel.call(method, request, limit: limit, of: resource)
  }
}

extension RPCChannel {
  /// A call to the plugin or driver of this name, which its error says.
  func call<Answer: WireMessage>(
    _ method: String, _ request: some WireMessage, limit: Duration, of plugin: String
  ) async throws(SimulatorError) -> Answer {
    do throws(RPCStatus) {
      return try await call(method, request, limit: limit)
    } catch {
      throw .plugin(resource: plugin, method: method, error)
    }
  }
}
