import GRPC
import TestSupport
import Testing

/// Either side gives up, or is slow.
@Suite struct CancellationTests {
  @Test func cancellingTheTaskOfAUnaryCallCancelsItsMethod() async throws {
    let record = CallRecord()
    try await Fixture.serving(["/t.T/Hang": .hanging(record)]) { fixture, _ in
      let channel = fixture.channel()
      let task = Task {
        await status { () throws(RPCStatus) in
          _ = try await channel.unary("/t.T/Hang", ByteBuffer([]), timeout: .seconds(60))
        }
      }
      #expect(await eventually { record.startedCount == 1 })
      task.cancel()
      #expect(await task.value.code == .cancelled)
      #expect(await eventually { record.cancelledCount == 1 })
    }
  }

  @Test(arguments: ["cancel", "task", "drop"])
  func leavingAStreamCancelsItsMethod(by way: String) async throws {
    let record = CallRecord()
    try await Fixture.serving(["/t.T/Open": .openStream(record)]) { fixture, _ in
      let isUnderWay = Shared(false)
      let task = Task { [channel = fixture.channel()] in
        let stream = channel.serverStream("/t.T/Open", ByteBuffer([]))
        let first = try await stream.next()
        #expect(first?.bytes == [1])
        isUnderWay.value = true
        if way == "drop" { return RPCStatus.Code.ok }
        if way == "cancel" { stream.cancel() }
        return await status { () throws(RPCStatus) in _ = try await stream.next() }.code
      }
      #expect(await eventually { isUnderWay.value })
      if way == "task" { task.cancel() }
      let code = try await task.value
      #expect(code == (way == "drop" ? .ok : .cancelled))
      #expect(await eventually { record.cancelledCount == 1 })
    }
  }

  @Test func sendingToAClientThatHasGoneThrowsCancelled() async throws {
    let outcome = Shared<RPCStatus?>(nil)
    let endless = RPCMethod.serverStream { _, stream throws(RPCStatus) in
      do throws(RPCStatus) {
        while true { try await stream.send(ByteBuffer([0])) }
      } catch {
        outcome.value = error
        throw error
      }
    }
    try await Fixture.serving(["/t.T/Endless": endless]) { fixture, _ in
      let stream = fixture.channel().serverStream("/t.T/Endless", ByteBuffer([]))
      for _ in 0..<10 { _ = try await stream.next() }
      stream.cancel()
      #expect(await eventually { outcome.value?.code == .cancelled })
    }
  }

  @Test func aSlowReaderHoldsTheSenderBack() async throws {
    let sent = Shared(0)
    let total = 2000
    let message = ByteBuffer(Array(repeating: 7, count: 65536))
    let flood = RPCMethod.serverStream { _, stream throws(RPCStatus) in
      for _ in 0..<total {
        try await stream.send(message)
        sent.change { $0 += 1 }
      }
    }
    try await Fixture.serving(["/t.T/Flood": flood]) { fixture, _ in
      let stream = fixture.channel().serverStream("/t.T/Flood", ByteBuffer([]))
      let last = Shared(0)
      // The sender has come to rest when two looks some time apart see the same.
      let isAtRest = await eventually {
        let before = sent.value
        try? await Task.sleep(for: .milliseconds(200))
        let after = sent.value
        last.value = after
        return before > 0 && before == after
      }
      #expect(isAtRest)
      #expect(last.value < 200)
      var received = 0
      while let message = try await stream.next() { received += message.count / 65536 }
      #expect(received == total)
    }
  }

  @Test func twoSendsAtOnceAreRefused() async throws {
    let refused = Shared(false)
    let message = ByteBuffer(Array(repeating: 7, count: 4 << 20))
    let double = RPCMethod.serverStream { _, stream throws(RPCStatus) in
      let codes = await withTaskGroup(of: RPCStatus.Code.self) { group in
        for _ in 0..<2 {
          group.addTask { await status { () throws(RPCStatus) in try await stream.send(message) }.code }
        }
        return await group.reduce(into: Set()) { $0.insert($1) }
      }
      refused.value = codes == [.ok, .failedPrecondition]
    }
    try await Fixture.serving(["/t.T/Double": double]) { fixture, _ in
      let stream = fixture.channel().serverStream("/t.T/Double", ByteBuffer([]))
      var count = 0
      while try await stream.next() != nil { count += 1 }
      #expect(count == 1)
      #expect(refused.value)
    }
  }

  @Test func messagesBeyondTheLimitExhaustResources() async throws {
    var limits = RPCServer.Limits()
    limits.maxMessageBytes = 1000
    let large = RPCMethod.unary { _ throws(RPCStatus) in ByteBuffer(Array(repeating: 1, count: 2000)) }
    try await Fixture.serving(["/t.T/Echo": .echo, "/t.T/Large": large], limits: limits) { fixture, _ in
      let channel = fixture.channel()
      let tooLarge = await status { () throws(RPCStatus) in
        _ = try await channel.unary("/t.T/Echo", ByteBuffer(Array(repeating: 1, count: 1001)), timeout: .seconds(10))
      }
      #expect(tooLarge.code == .resourceExhausted)
      let largest = ByteBuffer(Array(repeating: 1, count: 1000))
      let echoed = try await channel.unary("/t.T/Echo", largest, timeout: .seconds(10))
      #expect(echoed.count == 1000)
      let modest = RPCChannel(queue: fixture.queue, path: fixture.path, maxMessageBytes: 1000)
      let answer = await status { () throws(RPCStatus) in
        _ = try await modest.unary("/t.T/Large", ByteBuffer([]), timeout: .seconds(10))
      }
      #expect(answer.code == .resourceExhausted)
    }
  }
}
