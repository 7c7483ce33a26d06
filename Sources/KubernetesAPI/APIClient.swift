/// Calls the Kubernetes API, one call after the other over one connection. It connects again when the connection has
/// ended.
public final class APIClient {
  private typealias Call = (request: APIRequest, then: (Result<APIResponse, APIFailure>) -> Void)

  private let loop: ClientLoop
  private let cluster: Cluster
  private let seconds: Int
  private var waiting: [Call] = []
  private var running: Call?
  private var connection: APIConnection?
  /// The connection has carried an answer: the server may have closed it since.
  private var isReused = false
  private var begin = ContinuousClock.now
  private var status: (code: Int, retryAfter: Int?)?
  private var body: [UInt8] = []
  private var isTooLong = false

  /// Bounds the memory for an answer: a page of 500 slices with 64 devices each has 20 MB at most.
  static let longestAnswer = 32 << 20

  /// A connection that the server closed while it was idle shows it as soon as it is used.
  private static let instant = Duration.seconds(1)

  /// Creates a client; it connects with the first call. A call fails after `seconds` without a byte of an answer.
  public init(_ loop: ClientLoop, _ cluster: Cluster, seconds: Int) {
    self.loop = loop
    self.cluster = cluster
    self.seconds = seconds
  }

  /// Queues a call. `then` runs on the loop, never before this returns.
  public func call(_ request: APIRequest, then: @escaping (Result<APIResponse, APIFailure>) -> Void) {
    waiting.append((request, then))
    if running == nil { next() }
  }

  private func next() {
    guard running == nil, !waiting.isEmpty else { return }
    let call = waiting.removeFirst()
    running = call
    do throws(APIFailure) { try start(call.request) } catch { fail(later: error) }
  }

  private func start(_ request: APIRequest) throws(APIFailure) {
    begin = .now
    status = nil
    body.removeAll()
    isTooLong = false
    let token = try cluster.token()
    if connection?.isUsable != true {
      isReused = false
      connection = try APIConnection(loop, to: cluster, handlers: handlers)
    }
    try connection?.send(request, token: token, seconds: seconds)
  }

  private var handlers: APIConnection.Handlers {
    .init(
      head: { [weak self] code, retryAfter in self?.status = (code, retryAfter) },
      body: { [weak self] bytes in self?.take(bytes) }, end: { [weak self] in self?.ended($0) })
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    guard !isTooLong, body.count + bytes.count <= Self.longestAnswer else {
      isTooLong = true
      return
    }
    body.append(contentsOf: bytes)
  }

  private func ended(_ failure: APIFailure?) {
    guard let call = running else { return }
    if failure != nil { connection = nil }
    if let failure, status == nil, isReused, call.request.method != .post, .now - begin < Self.instant {
      // The server had closed the idle connection, which does not mean that the request failed.
      isReused = false
      do throws(APIFailure) { try start(call.request) } catch { finish(.failure(failure)) }
      return
    }
    isReused = failure == nil
    if let failure { return finish(.failure(failure)) }
    if isTooLong { return finish(.failure(.tooLong(limit: Self.longestAnswer))) }
    guard let status else { return finish(.failure(.connection("an answer without a status"))) }
    finish(.success(APIResponse(status: status.code, retryAfter: status.retryAfter, body: body)))
  }

  private func finish(_ result: Result<APIResponse, APIFailure>) {
    guard let call = running else { return }
    running = nil
    body = []
    call.then(result)
    next()
  }

  private var timer: LoopTimer?

  private func fail(later failure: APIFailure) {
    connection = nil
    let timer = LoopTimer(loop) { [weak self] in self?.finish(.failure(failure)) }
    self.timer = timer
    timer.start(after: .zero)
  }
}
