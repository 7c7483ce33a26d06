/// What all clients together may take from the process.
///
/// The most memory that clients can hold is `connections` times the sum of `headBytes` and the kernel's two socket
/// buffers, and the pages that were made within `writeTime`: connections with the same large page share its text. The
/// most descriptors are `connections` and four.
struct HTTPLimits: Sendable {
  /// Open connections in total.
  var connections = 16
  /// Open connections of one peer, so that one peer cannot keep out the others.
  var connectionsPerPeer = 8
  /// Bytes of a request line and its headers; what probes and scrapers send is below 1 KiB.
  var headBytes = 8 << 10
  /// Bytes after a request that are read and dropped, so that a client which has sent them still gets its answer.
  var discardedBytes = 64 << 10
  /// Bytes that the kernel buffers in each direction for a connection; it doubles the number for its own use.
  var socketBufferBytes: Int32 = 32 << 10
  /// From the connection to the end of the request, however the bytes trickle.
  var readTime = Duration.seconds(5)
  /// From the request to the page, for pages that are made on a thread of their own.
  var pageTime = Duration.seconds(30)
  /// From the page to the last byte of the answer, however slowly the client reads.
  var writeTime = Duration.seconds(10)
  /// From the answer to the client's close; then the connection is dropped.
  var closeTime = Duration.seconds(1)
  /// Connections that are accepted before a pause, so that a flood of connections takes a part of a processor only.
  var acceptsPerTurn = 64
  var acceptPause = Duration.milliseconds(10)
  /// The pause when the process or the system has no descriptor or memory for another connection.
  var exhaustedPause = Duration.milliseconds(200)
  /// The pause after an address could not be listened on.
  var bindPause = Duration.seconds(10)

  /// Which connection gives way to one from `newcomer`; `peers` are the open ones, oldest first. Nil when there is room.
  ///
  /// One of the peer that has the most: the oldest of those that have their answer, else the oldest. So a client that asks at
  /// once, as a probe does, is not displaced by others of its address that ask again and again.
  func displaced(by newcomer: HTTPPeer, among peers: [HTTPPeer], answered: Set<Int> = []) -> Int? {
    let counts = Dictionary(peers.map { ($0, 1) }, uniquingKeysWith: +)
    let largest: (HTTPPeer) -> Bool
    if counts[newcomer, default: 0] >= connectionsPerPeer {
      largest = { $0 == newcomer }
    } else if peers.count >= connections {
      let most = counts.values.max()
      largest = { counts[$0] == most }
    } else {
      return nil
    }
    return peers.indices.first { answered.contains($0) && largest(peers[$0]) } ?? peers.firstIndex(where: largest)
  }
}
