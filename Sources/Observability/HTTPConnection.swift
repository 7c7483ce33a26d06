import Glibc
import Linux

/// One client: its request is read, answered once, and the connection ends.
///
/// While an answer is written nothing is read, so a client that does not read cannot make the process buffer more.
struct HTTPConnection: Sendable {
  private enum State: Sendable {
    case reading(HTTPRequestHead)
    /// The page is being made.
    case waiting(HTTPRequest)
    case writing(HTTPResponse, sent: Int)
    /// Waits for the client's close. Closing first, with bytes of the client unread, would have the kernel discard the
    /// answer at the client (RFC 9112, section 9.6).
    case closing(discarded: Int)
    case over
  }

  let descriptor: Descriptor
  let peer: HTTPPeer
  private(set) var deadline: ContinuousClock.Instant
  private let limits: HTTPLimits
  private var state: State

  init(_ descriptor: Descriptor, limits: HTTPLimits, now: ContinuousClock.Instant) {
    self.descriptor = descriptor
    self.limits = limits
    peer = HTTPPeer(of: descriptor.number)
    state = .reading(HTTPRequestHead(limit: limits.headBytes))
    deadline = now + limits.readTime
  }

  var isOver: Bool {
    if case .over = state { return true }
    return false
  }

  /// The last byte of the answer was sent.
  var isAnswered: Bool {
    if case .closing = state { return true }
    return false
  }

  /// What poll(2) waits for.
  var interest: Int32 {
    switch state {
    case .writing: POLLOUT
    // poll(2) reports a closed connection without being asked.
    case .waiting: 0
    case .reading, .closing, .over: POLLIN
    }
  }

  /// The path whose page `answer` did not have yet.
  var awaitedPath: String? {
    if case .waiting(let request) = state { return request.path }
    return nil
  }

  /// Answers with the page of `awaitedPath`, which is finished now.
  mutating func answer(with page: HTTPService.Page, now: ContinuousClock.Instant) {
    guard case .waiting(let request) = state else { return }
    deadline = now + limits.writeTime
    write(HTTPResponse(page, to: request.method), from: 0, now)
  }

  /// Does what can be done without waiting. `answer` has the page of a path, or nil: it is asked for and comes later.
  mutating func advance(now: ContinuousClock.Instant, answer: (String) -> HTTPService.Page?) {
    if case .waiting = state { state = .over }
    if case .reading(let head) = state { read(head, now, answer) }
    if case .writing(let response, let sent) = state { write(response, from: sent, now) }
    if case .closing(let discarded) = state { discard(after: discarded) }
  }

  private mutating func read(
    _ head: HTTPRequestHead, _ now: ContinuousClock.Instant, _ answer: (String) -> HTTPService.Page?
  ) {
    var head = head
    switch receive({ chunk throws(HTTPRequest.Refusal) in try head.add(chunk) }) {
    case .nothing: return
    case .ended:
      state = .over
      return
    case .bytes(let outcome):
      switch outcome {
      case .success(nil):
        state = .reading(head)
        return
      case .success(let request?):
        guard let page = answer(request.path) else {
          state = .waiting(request)
          deadline = now + limits.pageTime
          return
        }
        state = .writing(HTTPResponse(page, to: request.method), sent: 0)
      case .failure(let refusal): state = .writing(HTTPResponse(refusal), sent: 0)
      }
    }
    // The page may have taken its time.
    deadline = max(now, .now) + limits.writeTime
  }

  private mutating func write(_ response: HTTPResponse, from start: Int, _ now: ContinuousClock.Instant) {
    var sent = start
    while sent < response.count {
      let count = response.withBytes(from: sent) {
        send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        state = .writing(response, sent: sent)
        return
      }
      guard count > 0 else {
        state = .over
        return
      }
      sent += count
    }
    shutdown(descriptor.number, Int32(SHUT_WR))
    state = .closing(discarded: 0)
    deadline = max(now, .now) + limits.closeTime
  }

  private mutating func discard(after discarded: Int) {
    switch receive({ chunk in chunk.count }) {
    case .nothing: break
    case .bytes(.success(let count)) where discarded + count < limits.discardedBytes:
      state = .closing(discarded: discarded + count)
    case .bytes, .ended: state = .over
    }
  }

  private enum Received<Outcome> {
    case nothing
    /// The client has closed the connection, or it has failed.
    case ended
    case bytes(Outcome)
  }

  /// One recv(2), at most 4 KiB.
  private func receive<Value, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer.SubSequence) throws(Failure) -> Value
  ) -> Received<Result<Value, Failure>> {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { return .nothing }
      guard count > 0 else { return .ended }
      return .bytes(Result { () throws(Failure) in try body(buffer[..<count]) })
    }
  }
}
