import GRPC
import Glibc
import TestSupport
import Testing

/// Descriptors belong to the whole process, so each of these has one to itself.
@Suite struct DescriptorTests {
  @Test func noneIsLeftBehind() async {
    await #expect(processExitsWith: .success) {
      let queue = CompletionQueue()
      let directory = try TemporaryDirectory()
      let path = directory["test.sock"]
      var afterFirst = 0
      for round in 0..<30 {
        let server = RPCServer(queue: queue, methods: ["/t.T/Echo": .echo])
        try server.listen(at: path)
        for _ in 0..<5 {
          let channel = RPCChannel(queue: queue, path: path)
          _ = try await channel.unary("/t.T/Echo", ByteBuffer([1]), timeout: .seconds(10))
        }
        await server.stop(grace: .seconds(5))
        if round == 0 { afterFirst = ProcessFacts.openDescriptors }
      }
      // One for each server would be 29 more. Those of the last connections go soon after them.
      let allowed = afterFirst + 5
      try #require(await eventually { ProcessFacts.openDescriptors <= allowed })
      queue.shutdown()
    }
  }

  @Test func withoutAnyAcceptingPausesAndGoesOnLater() async {
    await #expect(processExitsWith: .success) {
      let queue = CompletionQueue()
      let directory = try TemporaryDirectory()
      let path = directory["test.sock"]
      let server = RPCServer(queue: queue, methods: ["/t.T/Echo": .echo])
      try server.listen(at: path)
      let channel = RPCChannel(queue: queue, path: path)
      _ = try await channel.unary("/t.T/Echo", ByteBuffer([1]), timeout: .seconds(10))
      let peer = RawPeer()
      let limit = ProcessFacts.limitDescriptors(to: UInt(peer.descriptor) + 20)
      var taken: [Int32] = []
      while case let number = dup(peer.descriptor), number >= 0 { taken.append(number) }
      try #require(peer.connect(to: path) == 0)
      peer.send(RawPeer.greeting)
      let before = ProcessFacts.microsecondsOfCPU
      // The time that is measured. Not a task's sleep: Swift's thread pool traps when it gets no descriptor.
      usleep(500_000)
      try #require(ProcessFacts.microsecondsOfCPU - before < 150_000)
      try #require(peer.received() == [])
      for number in taken { close(number) }
      try #require(await eventually { !(peer.received() ?? []).isEmpty })
      _ = ProcessFacts.limitDescriptors(to: limit)
      await server.stop(grace: .seconds(5))
      queue.shutdown()
    }
  }
}

enum ProcessFacts {
  static var openDescriptors: Int { (0..<1024).count { fcntl($0, F_GETFD) >= 0 } }

  static var microsecondsOfCPU: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return seconds * 1_000_000 + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
  }

  /// The soft limit that was there before.
  static func limitDescriptors(to count: UInt) -> UInt {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(resource, &limit)
    let old = limit.rlim_cur
    limit.rlim_cur = count
    setrlimit(resource, &limit)
    return old
  }
}
