import TestSupport
import Testing

@testable import UnifiedBus

@Suite("UBS engine over its socket")
struct UBSEngineTests {
  static let device = FakeUBSEngine.Device(
    "urma_1", paths: ["/dev/uburma/bonding_dev_1", "/dev/uburma/udma1", "/dev/uburma/udma31"])

  private let directory: TemporaryDirectory
  private var socket: String { directory["ubse.sock"] }

  init() throws { directory = try TemporaryDirectory() }

  private func serve(
    _ dialect: FakeUBSEngine.Dialect, _ devices: [FakeUBSEngine.Device] = [device]
  ) throws -> FakeUBSEngine {
    try FakeUBSEngine(at: socket, dialect: dialect, devices: devices)
  }

  private func engine(_ dialect: EngineDialect?, call: Duration = .seconds(20)) -> UBSEngine {
    var limits = UBSEngine.TimeLimits()
    limits.call = call
    limits.probe = .milliseconds(500)
    return UBSEngine(socket: socket, dialect: dialect, limits: limits)
  }

  @Test(
    "lists devices and finds their nodes in the configured dialect",
    arguments: [
      (FakeUBSEngine.Dialect.a, EngineDialect.a), (.aLittleEndian, .a), (.b, .b), (.c, .c),
    ])
  func configured(served: FakeUBSEngine.Dialect, dialect: EngineDialect) async throws {
    let fake = try serve(served)
    defer { fake.stop() }
    let engine = engine(dialect)
    let list = try await engine.devices()
    #expect(list.devices.map(\.name.text) == ["urma_1"])
    #expect(list.devices.first?.hardwareID == 0x1_0000_0002)
    let paths = try await engine.paths(of: DeviceName("urma_1"))
    #expect(paths.devices.map(\.kernelName) == ["udma1", "udma31", "bonding_dev_1"])
    #expect(fake.requests == [.list, .list, .lookup("urma_1")])
    #expect(fake.connections == 3)
  }

  @Test(
    "finds the dialect out, remembers it, and releases nothing on the way",
    arguments: [
      (FakeUBSEngine.Dialect.a, EngineDialect.a), (.aLittleEndian, .a), (.b, .b), (.c, .c),
    ])
  func auto(served: FakeUBSEngine.Dialect, dialect: EngineDialect) async throws {
    let fake = try serve(served)
    defer { fake.stop() }
    let engine = engine(nil)
    #expect(try await engine.devices().devices.count == 1)
    #expect(engine.dialect == dialect)
    let asked = fake.connections
    #expect(try await engine.devices().devices.count == 1)
    #expect(fake.connections == asked + 1)
    #expect(!fake.requests.contains { if case .release = $0 { true } else { false } })
  }

  @Test("an engine replaced by one of another dialect is found out again before anything is looked up")
  func upgrade() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    let engine = engine(nil)
    _ = try await engine.devices()
    #expect(engine.dialect == .b)
    // B's lookup is C's release: sent blindly it would release the device.
    fake.become(.c)
    let paths = try await engine.paths(of: DeviceName("urma_1"))
    #expect(paths.bonding.kernelName == "bonding_dev_1")
    #expect(engine.dialect == .c)
    #expect(!fake.requests.contains { if case .release = $0 { true } else { false } })
  }

  @Test("a configured dialect that is not the engine's never becomes a lookup")
  func wrongDialect() async throws {
    let fake = try serve(.c)
    defer { fake.stop() }
    let engine = engine(.b)
    await #expect(throws: UnifiedBusError.engineRefused(request: "the list of devices", status: 1007)) {
      try await engine.paths(of: DeviceName("urma_1"))
    }
    #expect(fake.requests == [.lookup("")])
  }

  @Test("no engine: the error names the socket, and a later start is noticed")
  func down() async throws {
    let engine = engine(nil)
    await #expect(throws: UnifiedBusError.engineUnreachable(socket: socket, reason: "No such file or directory")) {
      try await engine.devices()
    }
    let fake = try serve(.b)
    defer { fake.stop() }
    #expect(try await engine.devices().devices.count == 1)
  }

  @Test("an engine that does not answer is given up after the time limit")
  func silent() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    fake.fail(.silent)
    let limit = Duration.milliseconds(150)
    let engine = engine(.b, call: limit)
    let took = await ContinuousClock().measure {
      await #expect(
        throws: UnifiedBusError.engineSilent(socket: socket, request: "the list of devices", limit: limit)
      ) { try await engine.devices() }
    }
    #expect(took >= limit)
    #expect(took < .seconds(20))
  }

  @Test("a reply that ends early, announces too much or is noise is refused")
  func brokenReplies() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    let engine = engine(.b)
    let whole = hex("01 00000000 1a000000 0000000000000000 01000000 06000000 75726d615f31 00000000 0200000001000000")
    for count in 0..<whole.count {
      fake.fail(.raw(Array(whole.prefix(count))))
      await #expect(throws: UnifiedBusError.self, "cut at \(count)") { try await engine.devices() }
    }
    fake.fail(.raw(whole))
    #expect(try await engine.devices().devices.count == 1)
    fake.fail(.raw(hex("01 00000000 ffffff7f 0000000000000000")))
    await #expect(throws: UnifiedBusError.self) { try await engine.devices() }
    fake.fail(.raw(hex("47 00000000 00000000 0000000000000000")))
    await #expect(throws: UnifiedBusError.self) { try await engine.devices() }
  }

  @Test("when no dialect is understood, the error has a reason for each")
  func unknownDialect() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    fake.fail(.raw(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)))
    let error = await #expect(throws: UnifiedBusError.self) { try await engine(nil).devices() }
    guard case .unknownDialect(let path, let reasons) = error else {
      Issue.record("expected unknownDialect, found \(String(describing: error))")
      return
    }
    #expect(path == socket)
    #expect(reasons.map { String($0.prefix(2)) } == ["B:", "C:", "A:"])
  }

  @Test("an engine that refuses in its own form is not taken for one of dialect A")
  func refusing() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    fake.fail(.status(30))
    let error = await #expect(throws: UnifiedBusError.self) { try await engine(nil).devices() }
    #expect(fake.connections == 2)
    #expect(error?.description.contains("permission denied") == true)
  }

  @Test("a device that the engine does not list has no nodes")
  func unknownDevice() async throws {
    let fake = try serve(.b)
    defer { fake.stop() }
    await #expect(throws: UnifiedBusError.unknownDevice(name: "urma_9", socket: socket)) {
      try await engine(.b).paths(of: DeviceName("urma_9"))
    }
  }

  @Test("paths outside /dev/uburma from the engine are refused")
  func hostilePaths() async throws {
    let device = FakeUBSEngine.Device(
      "urma_1", paths: ["/dev/uburma/../mem", "/dev/uburma/udma1", "/dev/uburma/udma31"])
    let fake = try serve(.b, [device])
    defer { fake.stop() }
    let error = await #expect(throws: UnifiedBusError.self) { try await engine(.b).paths(of: DeviceName("urma_1")) }
    guard case .unsafe(_, "/dev/uburma/../mem", _) = error else {
      Issue.record("expected unsafe, found \(String(describing: error))")
      return
    }
  }

  @Test("a thousand devices arrive whole, and calls at one time do not mix")
  func manyAtOnce() async throws {
    let devices = (0..<1000).map { FakeUBSEngine.Device("urma_\($0)", hardwareID: UInt64($0)) }
    let fake = try serve(.c, devices)
    defer { fake.stop() }
    let engine = engine(.c)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await engine.devices().devices.count } }
      for try await count in group { #expect(count == 1000) }
    }
  }

  @Test("a socket path that does not fit is refused with its length")
  func longPath() async {
    let engine = UBSEngine(socket: "/" + String(repeating: "s", count: 200), dialect: .b)
    let error = await #expect(throws: UnifiedBusError.self) { try await engine.devices() }
    #expect(error?.description.contains("found 201") == true)
  }
}
