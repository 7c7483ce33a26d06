import CGRPC
import Synchronization

/// One call as the client sees it. The core writes into the C object until the last operation is over; every operation
/// keeps this object until then.
final class ClientCall: Sendable {
  let handle: Handle
  private let queue: CompletionQueue
  /// Destroying the channel would end the call.
  private let channel: RPCChannel
  private let hasStatus = Atomic(false)

  /// No timeout: no deadline.
  init(channel: RPCChannel, queue: CompletionQueue, method: String, timeout: Duration?) {
    self.queue = queue
    self.channel = channel
    handle = Handle(
      cgrpc_client_call_create(
        channel.handle.pointer, queue.handle.pointer, method, timeout.map(Self.milliseconds) ?? -1))
  }

  deinit {
    cgrpc_client_call_destroy(handle.pointer)
  }

  func cancel() {
    cgrpc_client_call_cancel(handle.pointer)
  }

  /// Sends the request and waits for the answer and the status.
  func unary(_ request: ByteBuffer) async {
    let isOver = await queue.run(keeping: self) {
      cgrpc_client_call_unary(handle.pointer, request.slice.pointer, $0)
    }
    hasStatus.store(isOver, ordering: .releasing)
  }

  func sendRequest(_ request: ByteBuffer) {
    queue.start({ cgrpc_client_call_send_request(handle.pointer, request.slice.pointer, $0) }) { [self] _ in
      withExtendedLifetime(self) {}
    }
  }

  /// Calls `completion` when the call is over and `status` can be read.
  func receiveStatus(_ completion: @escaping @Sendable () -> Void) {
    queue.start({ cgrpc_client_call_receive_status(handle.pointer, $0) }) { [self] isOver in
      hasStatus.store(isOver, ordering: .releasing)
      completion()
    }
  }

  func receiveMessage() async -> ByteBuffer? {
    _ = await queue.run(keeping: self) { cgrpc_client_call_receive_message(handle.pointer, $0) }
    return takeMessage()
  }

  func takeMessage() -> ByteBuffer? {
    cgrpc_client_call_take_message(handle.pointer).map(ByteBuffer.init(adopting:))
  }

  /// To be read once the operation that receives it is over. A code that no specification knows counts as `unknown`.
  var status: RPCStatus {
    if let objection = channel.objection { return objection }
    guard hasStatus.load(ordering: .acquiring) else {
      return RPCStatus(code: .unavailable, message: "the call could not be started")
    }
    var details: UnsafePointer<CChar>?
    var count = 0
    let code = cgrpc_client_call_status(handle.pointer, &details, &count)
    let text = String(decoding: UnsafeRawBufferPointer(start: details, count: count), as: UTF8.self)
    return RPCStatus(code: RPCStatus.Code(rawValue: code) ?? .unknown, message: text)
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    guard seconds < Int64.max / 1000 - 1 else { return -1 }
    return max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
