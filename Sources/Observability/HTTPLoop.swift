import Glibc
import Linux

/// What the service's thread does: listen, accept, answer and close, within `HTTPLimits`.
struct HTTPLoop: Sendable {
  let host: String
  let port: UInt16
  let limits: HTTPLimits
  /// Readable when the loop has to end.
  let stop: Descriptor
  /// Makes the pages that are large, or takes them from there.
  let drawing: PageDrawing
  /// Nil for a page that `drawing` makes.
  let answer: @Sendable (String) -> HTTPService.Page?
  let report: @Sendable (HTTPService.Event) -> Void

  private var listener: HTTPListener?
  /// Oldest first.
  private var connections: [HTTPConnection] = []
  /// Until then no connection is accepted, or no address is tried.
  private var pause = ContinuousClock.now
  private var reported: HTTPService.Event?

  init(
    host: String, port: UInt16, limits: HTTPLimits, stop: Descriptor, drawing: PageDrawing,
    answer: @escaping @Sendable (String) -> HTTPService.Page?,
    report: @escaping @Sendable (HTTPService.Event) -> Void
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.stop = stop
    self.drawing = drawing
    self.answer = answer
    self.report = report
  }

  mutating func run() {
    while true {
      if listener == nil, pause <= .now { listen() }
      var polled = descriptors()
      let ready = poll(&polled, nfds_t(polled.count), timeout())
      if ready < 0, errno != EINTR {
        // No memory, or a limit of descriptors that was lowered below the number in use.
        _ = poll(nil, 0, 100)
        continue
      }
      if ready < 0 { continue }
      if polled[0].revents != 0 { return }
      advance(polled[3...])
      if polled[2].revents != 0 { deliver() }
      if polled[1].revents != 0 { accept() }
    }
  }

  /// The stop descriptor, the listener, finished pages, then the connections in their order; poll(2) skips negative
  /// numbers.
  private func descriptors() -> [pollfd] {
    let listens = pause <= .now ? listener?.descriptor.number ?? -1 : -1
    return [
      pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listens, events: Int16(POLLIN), revents: 0),
      pollfd(fd: drawing.finished.number, events: Int16(POLLIN), revents: 0),
    ]
      + connections.map { pollfd(fd: $0.descriptor.number, events: Int16($0.interest), revents: 0) }
  }

  /// Milliseconds until something is due, rounded up; -1 when nothing is.
  private func timeout() -> Int32 {
    let now = ContinuousClock.now
    var due = connections.map(\.deadline)
    if pause > now { due.append(pause) }
    guard let next = due.min() else { return -1 }
    let (seconds, attoseconds) = max(next - now, .zero).components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  private mutating func listen() {
    do throws(HTTPService.Failure) {
      let listener = try HTTPListener(host: host, port: port, limits: limits)
      self.listener = listener
      say(.listening(port: listener.port))
    } catch {
      pause = .now + limits.bindPause
      say(.unavailable(error))
    }
  }

  /// A state is reported once, not each time it is found again.
  private mutating func say(_ event: HTTPService.Event) {
    guard reported != event else { return }
    reported = event
    report(event)
  }

  private mutating func advance(_ polled: ArraySlice<pollfd>) {
    for (place, descriptor) in zip(connections.indices, polled) where descriptor.revents != 0 {
      connections[place].advance(now: .now, answer: page)
    }
    let now = ContinuousClock.now
    connections.removeAll { $0.isOver || $0.deadline <= now }
  }

  /// Gives finished pages to those that wait for them.
  private mutating func deliver() {
    let pages = drawing.take()
    for place in connections.indices {
      guard let path = connections[place].awaitedPath, let page = pages[path] else { continue }
      connections[place].answer(with: page, now: .now)
    }
    connections.removeAll(where: \.isOver)
  }

  /// The page of a path; nil when it comes later.
  private func page(_ path: String) -> HTTPService.Page? {
    if let page = answer(path) { return page }
    drawing.ask(for: path)
    return nil
  }

  private mutating func accept() {
    guard let listener else { return }
    for _ in 0..<limits.acceptsPerTurn {
      switch listener.accept() {
      case .none: return
      case .exhausted:
        pause = .now + limits.exhaustedPause
        return
      case .connection(let descriptor): admit(HTTPConnection(descriptor, limits: limits, now: .now))
      }
    }
    pause = .now + limits.acceptPause
  }

  /// Answers at once when the request has come with the connection, as a probe's does.
  private mutating func admit(_ connection: HTTPConnection) {
    var connection = connection
    let answered = Set(connections.indices.filter { connections[$0].isAnswered })
    if let place = limits.displaced(by: connection.peer, among: connections.map(\.peer), answered: answered) {
      connections.remove(at: place)
    }
    connection.advance(now: .now, answer: page)
    if !connection.isOver { connections.append(connection) }
  }
}
