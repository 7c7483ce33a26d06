import Glibc
import TestSupport
import Testing

@testable import Netlink

/// The thread that waits for netlink: work, streams and how they end.
@Suite(.timeLimit(.minutes(1))) struct NetlinkThreadTests {
  /// A pipe in place of a socket: each byte that is written to it is an event.
  private final class Bytes: EventSource {
    static var resync: UInt8 { 0xff }
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    func nextBatch() throws(NetlinkError) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { throw .failed(call: "read", ErrorNumber(EPIPE)) }
      return Array(bytes.prefix(count))
    }
  }

  private func pipeEnds() throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func `work runs on the one thread, in order, and its errors come back`() async throws {
    let thread = try NetlinkThread()
    let first = await thread.run { pthread_self() }
    let second = await thread.run { pthread_self() }
    #expect(first == second && first != pthread_self())
    await #expect(throws: NetlinkError.timedOut(request: "x", .zero)) {
      try await thread.run { () throws(NetlinkError) in throw .timedOut(request: "x", .zero) }
    }
    thread.stop()
  }

  @Test func `work after the stop is still done`() async throws {
    let thread = try NetlinkThread()
    thread.stop()
    thread.stop()
    #expect(await thread.run { 7 } == 7)
  }

  @Test func `events reach their stream`() async throws {
    let thread = try NetlinkThread()
    let ends = try pipeEnds()
    defer { close(ends.writer) }
    var stream = thread.events(of: Bytes(ends.reader)).makeAsyncIterator()
    for byte in 1...3 as ClosedRange<UInt8> {
      _ = withUnsafeBytes(of: byte) { write(ends.writer, $0.baseAddress, 1) }
      #expect(await stream.next() == [byte])
    }
    thread.stop()
    #expect(await stream.next() == nil)
  }

  @Test func `a source that fails ends its stream and no other`() async throws {
    let thread = try NetlinkThread()
    let (broken, sound) = (try pipeEnds(), try pipeEnds())
    defer { close(sound.writer) }
    var first = thread.events(of: Bytes(broken.reader)).makeAsyncIterator()
    var second = thread.events(of: Bytes(sound.reader)).makeAsyncIterator()
    close(broken.writer)
    #expect(await first.next() == nil)
    _ = withUnsafeBytes(of: UInt8(5)) { write(sound.writer, $0.baseAddress, 1) }
    #expect(await second.next() == [5])
  }

  @Test func `a stream that is dropped lets go of its socket`() async throws {
    let thread = try NetlinkThread()
    let ends = try pipeEnds()
    defer { close(ends.writer) }
    _ = thread.events(of: Bytes(ends.reader))
    #expect(await eventually { hasNoReader(ends.writer) })
  }

  @Test func `a task that is cancelled ends its stream`() async throws {
    let thread = try NetlinkThread()
    let ends = try pipeEnds()
    defer { close(ends.writer) }
    let stream = thread.events(of: Bytes(ends.reader))
    let reader = Task {
      for await _ in stream {}
      return true
    }
    reader.cancel()
    #expect(await reader.value)
  }

  @Test func `streams of a stopped thread end at once`() async throws {
    let thread = try NetlinkThread()
    thread.stop()
    let ends = try pipeEnds()
    defer { close(ends.writer) }
    var stream = thread.events(of: Bytes(ends.reader)).makeAsyncIterator()
    #expect(await stream.next() == nil)
  }

  @Test(.enabled(if: OwnNamespace.obstacle == nil, "\(OwnNamespace.obstacle ?? "")"))
  func `link events arrive without being asked for`() async throws {
    let thread = try NetlinkThread()
    let stream = try await OwnNamespace.run {
      let stream = thread.events(of: try LinkEvents())
      try OwnNamespace.ip("link add va type veth peer name vb")
      return stream
    }
    var names: Set<String> = []
    for await batch in stream {
      for case .changed(let link) in batch { names.insert(link.name) }
      if names.isSuperset(of: ["va", "vb"]) { break }
    }
    #expect(names.isSuperset(of: ["va", "vb"]))
  }
}

/// Whether nobody has the other end of the pipe open: its own number may have been given to another file meanwhile.
private func hasNoReader(_ writer: Int32) -> Bool {
  var watched = pollfd(fd: writer, events: 0, revents: 0)
  return poll(&watched, 1, 0) == 1 && watched.revents & Int16(POLLERR) != 0
}
