import GRPC
import KubeletAPI
import ResourcePools

/// Calls Register on kubelet's socket: direct registration.
struct Registrar: Sendable {
  let queue: CompletionQueue
  let socket: String

  /// The limit of the call. kubelet connects to the endpoint within it, and may take 10 s for that.
  private static let limit = Duration.seconds(20)

  /// Registers the endpoint, which must be serving already.
  ///
  /// - Throws: The reason from kubelet or the socket.
  func register(_ name: ResourceName, endpoint: String, options: DevicePluginOptions) async throws(RPCStatus) {
    let request = RegisterRequest(
      version: DevicePluginVersion.current, endpoint: endpoint, resourceName: name.description, options: options)
    let channel = RPCChannel(queue: queue, path: socket)
    _ = try await channel.unary(KubeletMethod.register, ByteBuffer(request.encoded()), timeout: Self.limit)
  }
}
