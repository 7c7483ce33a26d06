/// One watch over a connection of its own, until the server ends it or this object is released.
public final class WatchStream {
  /// Why a watch ended.
  public enum End: Sendable {
    /// The server's time limit is over.
    case ended
    /// The connection could not be made or broke, or the server sent something else than events.
    case failed(String)
    /// The requested version is too old: list everything again.
    case expired
    /// The server answered with an error status.
    case refused(APIResponse)
  }

  private var connection: APIConnection?
  private var status: (code: Int, retryAfter: Int?)?
  private var rest: [UInt8] = []
  private var isOver = false
  private let event: (WatchEvent) -> Void
  private let end: (End) -> Void

  /// An object of 64 devices has 100 KB at most.
  private static let longestLine = 4 << 20

  /// Starts a watch of `path`, which includes the query. It ends after `seconds` without a byte. `event` and `end` run
  /// on the loop; nothing is called after `end`.
  ///
  /// - Throws: When a file of the service account or the CA can't be used.
  public init(
    _ loop: ClientLoop, _ cluster: Cluster, path: String, seconds: Int, event: @escaping (WatchEvent) -> Void,
    end: @escaping (End) -> Void
  ) throws(APIFailure) {
    self.event = event
    self.end = end
    let token = try cluster.token()
    let connection = try APIConnection(
      loop, to: cluster,
      handlers: .init(
        head: { [weak self] code, retryAfter in self?.status = (code, retryAfter) },
        body: { [weak self] in self?.take($0) }, end: { [weak self] in self?.ended($0) }))
    try connection.send(APIRequest(.get, path), token: token, seconds: seconds)
    self.connection = connection
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    rest.append(contentsOf: bytes)
    guard status?.code == 200 else {
      if rest.count > Self.longestLine { rest.removeAll() }
      return
    }
    var start = rest.startIndex
    while !isOver, let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = Array(rest[start..<newline])
      start = newline + 1
      if !line.isEmpty { hear(line) }
    }
    if !isOver { rest.removeFirst(start) }
    if !isOver, rest.count > Self.longestLine { finish(.failed("an event has more than \(Self.longestLine) bytes")) }
  }

  private func hear(_ line: [UInt8]) {
    switch WatchEvent(line: line) {
    case nil: finish(.failed("a line is no event"))
    case .error(410, _): finish(.expired)
    case .error(let code, let message): finish(.failed("\(code): \(message)"))
    case let event?: self.event(event)
    }
  }

  private func ended(_ failure: APIFailure?) {
    guard !isOver else { return }
    switch (failure, status) {
    case (let failure?, _): finish(.failed("\(failure)"))
    case (nil, (200, _)?): finish(.ended)
    case (nil, (410, _)?): finish(.expired)
    case (nil, let status):
      finish(.refused(APIResponse(status: status?.code ?? 0, retryAfter: status?.retryAfter, body: rest)))
    }
  }

  private func finish(_ how: End) {
    isOver = true
    connection = nil
    end(how)
  }
}
