import GRPC
import Glibc
import TestSupport
import Testing

@Suite struct StopTests {
  @Test func streamsEndWithOKAndTheirMethodsAreCancelled() async throws {
    let record = CallRecord()
    try await Fixture.with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Open": .openStream(record)])
      try server.listen(at: fixture.path)
      let streams = (0..<5).map { _ in fixture.channel().serverStream("/t.T/Open", ByteBuffer([])) }
      for stream in streams { _ = try await stream.next() }
      let duration = await ContinuousClock().measure { await server.stop(grace: .seconds(20)) }
      for stream in streams {
        let end = try await stream.next()
        #expect(end == nil)
      }
      #expect(record.cancelledCount == 5)
      #expect(duration < .seconds(10))
    }
  }

  @Test func unaryCallsMayEndWithinTheGrace() async throws {
    let mayEnd = Shared(false)
    let record = CallRecord()
    let slow = RPCMethod.unary { request throws(RPCStatus) in
      record.started()
      guard await eventually(within: .seconds(20), { mayEnd.value }) else {
        throw RPCStatus(code: .aborted, message: "never released")
      }
      return request
    }
    try await Fixture.with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Slow": slow])
      try server.listen(at: fixture.path)
      let call = Task { [channel = fixture.channel()] in
        try await channel.unary("/t.T/Slow", ByteBuffer([5]), timeout: .seconds(60)).bytes
      }
      #expect(await eventually { record.startedCount == 1 })
      let stop = Task { await server.stop(grace: .seconds(20)) }
      #expect(await eventually { fixture.directory.names.isEmpty })
      mayEnd.value = true
      let answer = try await call.value
      #expect(answer == [5])
      await stop.value
    }
  }

  @Test func callsThatOutlastTheGraceAreCancelled() async throws {
    let record = CallRecord()
    try await Fixture.with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Hang": .hanging(record)])
      try server.listen(at: fixture.path)
      let channel = fixture.channel()
      let call = Task {
        await status { () throws(RPCStatus) in
          _ = try await channel.unary("/t.T/Hang", ByteBuffer([]), timeout: .seconds(60))
        }
      }
      #expect(await eventually { record.startedCount == 1 })
      let duration = await ContinuousClock().measure { await server.stop(grace: .milliseconds(100)) }
      #expect(duration < .seconds(10))
      #expect(await call.value.code != .ok)
      #expect(await eventually { record.cancelledCount == 1 })
    }
  }

  @Test func stopReturnsThoughAMethodIgnoresItsCancellation() async throws {
    let mayEnd = Shared(false)
    let record = CallRecord()
    let stubborn = RPCMethod.unary { request throws(RPCStatus) in
      record.started()
      _ = await Task.detached { await eventually(within: .seconds(60)) { mayEnd.value } }.value
      return request
    }
    try await Fixture.with { fixture in
      let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Stubborn": stubborn])
      try server.listen(at: fixture.path)
      let channel = fixture.channel()
      let call = Task {
        await status { () throws(RPCStatus) in
          _ = try await channel.unary("/t.T/Stubborn", ByteBuffer([]), timeout: .seconds(60))
        }
      }
      #expect(await eventually { record.startedCount == 1 })
      let duration = await ContinuousClock().measure { await server.stop(grace: .milliseconds(100)) }
      #expect(duration < .seconds(20))
      mayEnd.value = true
      #expect(await call.value.code != .ok)
    }
  }

  @Test func aStopInMidLoadLeavesNoCallHanging() async throws {
    for _ in 0..<5 {
      try await Fixture.with { fixture in
        let server = RPCServer(queue: fixture.queue, methods: ["/t.T/Echo": .echo, "/t.T/Count": .count])
        try server.listen(at: fixture.path)
        let answered = Shared(0)
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<8 {
            group.addTask { [channel = fixture.channel()] in
              while let answer = try? await channel.unary("/t.T/Echo", ByteBuffer([1]), timeout: .seconds(30)) {
                #expect(answer.bytes == [1])
                answered.change { $0 += 1 }
              }
            }
            group.addTask { [channel = fixture.channel()] in
              var isServed = true
              while isServed {
                let stream = channel.serverStream("/t.T/Count", ByteBuffer([255]))
                do { while try await stream.next() != nil {} } catch { isServed = false }
              }
            }
          }
          #expect(await eventually { answered.value > 100 })
          await server.stop(grace: .seconds(5))
        }
      }
    }
  }

  @Test func stoppingTwiceOrUnusedIsHarmless() async throws {
    try await Fixture.serving(["/t.T/Echo": .echo]) { fixture, server in
      async let first: Void = server.stop(grace: .seconds(5))
      async let second: Void = server.stop(grace: .seconds(5))
      _ = await (first, second)
      let unused = RPCServer(queue: fixture.queue, methods: [:])
      await unused.stop(grace: .seconds(5))
      await unused.stop(grace: .seconds(5))
      _ = RPCServer(queue: fixture.queue, methods: [:])
    }
  }

  @Test func callsOnAQueueThatIsShutDownAreUnavailable() async throws {
    let directory = try TemporaryDirectory()
    let queue = CompletionQueue()
    let channel = RPCChannel(queue: queue, path: directory["test.sock"])
    queue.shutdown()
    queue.shutdown()
    let unary = await status { () throws(RPCStatus) in
      _ = try await channel.unary("/t.T/Echo", ByteBuffer([]), timeout: .seconds(10))
    }
    #expect(unary.code == .unavailable)
    let stream = channel.serverStream("/t.T/Echo", ByteBuffer([]))
    let streamed = await status { () throws(RPCStatus) in _ = try await stream.next() }
    #expect(streamed.code == .unavailable)
  }

  /// The core tells that a server is down before its shutdown call has returned. The child overwrites memory that it
  /// frees, so that a look at a server that has gone too early shows.
  @Test func serversThatStopAtOnceOutliveTheirShutdown() async {
    setenv("MALLOC_PERTURB_", "165", 1)
    defer { unsetenv("MALLOC_PERTURB_") }
    await #expect(processExitsWith: .success) {
      let queue = CompletionQueue()
      let directory = try TemporaryDirectory()
      try await withThrowingTaskGroup { group in
        for worker in 0..<8 {
          group.addTask {
            for _ in 0..<250 {
              let server = RPCServer(queue: queue, methods: ["/t.T/Echo": .echo])
              try server.listen(at: directory["\(worker).sock"])
              await server.stop(grace: .seconds(5))
            }
          }
        }
        try await group.waitForAll()
      }
      queue.shutdown()
    }
  }
}
