import GRPC
import KubeletAPI

/// A driver of Dynamic Resource Allocation that has registered.
final class DriverEndpoint: Sendable {
  let name: String
  let socket: String
  /// The first of the driver's versions that kubelet knows.
  let version: DRAMethod.Version
  private let channel: RPCChannel

  init(name: String, socket: String, version: DRAMethod.Version, queue: CompletionQueue) {
    self.name = name
    self.socket = socket
    self.version = version
    channel = RPCChannel(queue: queue, path: socket)
  }

  func call<Answer: WireMessage>(
    _ method: String, _ request: some WireMessage, limit: Duration
  ) async throws(SimulatorError) -> Answer {
    try await channel.call(method, request, limit: limit, of: name)
  }

  func watchHealth(_ version: DRAMethod.HealthVersion) -> RPCStream {
    channel.serverStream(DRAMethod.watchHealth(version), ByteBuffer(WatchHealthRequest().encoded()))
  }
}
