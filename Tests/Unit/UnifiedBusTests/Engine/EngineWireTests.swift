import TestSupport
import Testing

@testable import UnifiedBus

@Suite("UBS engine wire")
struct EngineWireTests {
  @Test("requests are the bytes of each dialect")
  func requests() throws {
    let lookup = EngineRequest.paths(try DeviceName("urma_1"))
    #expect(EngineRequest.list.encoded(in: .a) == hex("0600 0500 04000000 00000000"))
    #expect(EngineRequest.list.encoded(in: .b) == hex("00 0500 0500 04000000 0000000000000000 00000000"))
    #expect(EngineRequest.list.encoded(in: .c) == hex("00 0500 0400 04000000 0000000000000000 00000000"))
    #expect(lookup.encoded(in: .a) == hex("0600 0600 07000000 75726d615f3100"))
    #expect(lookup.encoded(in: .b) == hex("00 0500 0600 07000000 0000000000000000 75726d615f3100"))
    #expect(lookup.encoded(in: .c) == hex("00 0500 0500 07000000 0000000000000000 75726d615f3100"))
  }

  @Test("no request is a release")
  func neverFree() throws {
    for dialect in EngineDialect.allCases {
      let release: UInt8 = dialect == .c ? 6 : 7
      for request in [EngineRequest.list, .paths(try DeviceName("urma_1"))] {
        let bytes = request.encoded(in: dialect)
        #expect(bytes[dialect == .a ? 2 : 3] != release)
      }
    }
  }

  static let oneDevice: [(EngineDialect, [UInt8])] = [
    (.a, hex("00000001 00000006 75726d615f31 00000000 0200000001000000")),
    // The first two releases of A wrote host order.
    (.a, hex("01000000 06000000 75726d615f31 00000000 0200000001000000")),
    (.b, hex("01000000 06000000 75726d615f31 00000000 0200000001000000")),
    (.c, hex("01000000 06000000 75726d615f31 00000000 0200000001000000")),
  ]

  @Test("a list reply is read in each dialect", arguments: oneDevice)
  func list(dialect: EngineDialect, body: [UInt8]) throws {
    let list = try EngineDeviceList(decoding: body[...], dialect: dialect)
    let device = EngineDevice(name: try DeviceName("urma_1"), health: .active, hardwareID: 0x1_0000_0002)
    #expect(list == EngineDeviceList(devices: [device]))
  }

  @Test("a list reply that is cut short or goes on is refused, at every byte", arguments: oneDevice)
  func truncatedList(dialect: EngineDialect, body: [UInt8]) {
    for count in 0..<body.count {
      #expect(throws: UnifiedBusError.self, "cut at \(count)") {
        try EngineDeviceList(decoding: body[..<count], dialect: dialect)
      }
    }
    #expect(throws: UnifiedBusError.self) { try EngineDeviceList(decoding: (body + [0])[...], dialect: dialect) }
  }

  @Test("an empty list is a list")
  func emptyList() throws {
    for dialect in EngineDialect.allCases {
      #expect(try EngineDeviceList(decoding: hex("00000000")[...], dialect: dialect).devices.isEmpty)
    }
  }

  @Test("a number of devices that the reply has no room for is refused before memory is taken")
  func hugeCount() {
    let cases = [
      "ffffffff", "ffffffff 00000000 00000000 0000000000000000",
      "02000000 06000000 75726d615f31 00000000 0200000001000000",
    ]
    for body in cases {
      #expect(throws: UnifiedBusError.self) { try EngineDeviceList(decoding: hex(body)[...], dialect: .b) }
    }
  }

  @Test("a name's length beyond the reply is refused")
  func hugeName() {
    #expect(throws: UnifiedBusError.self) {
      try EngineDeviceList(decoding: hex("01000000 ffffffff 75726d615f31 00000000 0200000001000000")[...], dialect: .c)
    }
  }

  @Test("devices come by name, and codes of health have names")
  func health() throws {
    let device = { (name: String, health: String) in
      hex("06000000") + Array(name.utf8) + hex(health) + hex("0000000000000000")
    }
    let body =
      hex("05000000") + device("urma_5", "00000000") + device("urma_1", "01000000") + device("urma_2", "02000000")
      + device("urma_3", "03000000") + device("urma_4", "2a000000")
    let list = try EngineDeviceList(decoding: body[...], dialect: .b)
    #expect(list.devices.map(\.name.text) == ["urma_1", "urma_2", "urma_3", "urma_4", "urma_5"])
    #expect(list.devices.map(\.health) == [.inactive, .unknown, .portDown, .other(42), .active])
    #expect(list.devices.map(\.isHealthy) == [false, false, false, false, true])
  }

  static let hostileNames: [[UInt8]] = [
    [], Array("..".utf8), Array(".".utf8), Array("../../etc".utf8), Array("a/b".utf8), Array("a b".utf8),
    Array("a\nb".utf8), Array("urma_1\0".utf8), Array("урма".utf8), [0xFF, 0xFE], [0xC0, 0x80],
    [UInt8](repeating: UInt8(ascii: "a"), count: 32), [UInt8](repeating: UInt8(ascii: "a"), count: 4096),
  ]

  @Test("a device with a harmful name is left out alone", arguments: hostileNames)
  func hostileName(name: [UInt8]) throws {
    let good = hex("06000000 75726d615f31 00000000 0200000001000000")
    let bad = UInt32(name.count).littleEndianBytes + name + hex("00000000 0200000001000000")
    let list = try EngineDeviceList(decoding: (hex("02000000") + bad + good)[...], dialect: .b)
    #expect(list.devices.map(\.name.text) == ["urma_1"])
    #expect(list.refused.count == 1)
    #expect(list.refused.first.map { $0.description.utf8.count < 500 } == true)
  }

  static func paths(_ texts: [String], bigEndian: Bool = false) -> [UInt8] {
    texts.flatMap { text in
      let length = UInt32(text.utf8.count).littleEndianBytes
      return (bigEndian ? length.reversed() : length) + Array(text.utf8)
    }
  }

  static let goodPaths = ["/dev/uburma/bonding_dev_1", "/dev/uburma/udma1", "/dev/uburma/udma31", "0000:0001"]

  @Test("a paths reply is bonding, two paths and the EID, and moves the bonding device last")
  func pathsReply() throws {
    for dialect in EngineDialect.allCases {
      let body = Self.paths(Self.goodPaths, bigEndian: dialect == .a)
      let paths = try EnginePaths(decoding: body[...], dialect: dialect)
      #expect(paths.devices.map(\.kernelName) == ["udma1", "udma31", "bonding_dev_1"])
      #expect(paths.bondingEID == "0000:0001")
      for count in 0..<body.count {
        #expect(throws: UnifiedBusError.self, "cut at \(count)") {
          try EnginePaths(decoding: body[..<count], dialect: dialect)
        }
      }
      #expect(throws: UnifiedBusError.self) { try EnginePaths(decoding: (body + [0])[...], dialect: dialect) }
    }
  }

  @Test(
    "a path outside /dev/uburma is refused",
    arguments: [
      "", "/dev/uburma/", "/dev/uburma/..", "/dev/uburma/.", "/dev/uburma/../mem", "/dev/mem", "/dev/uburma",
      "/dev/uburma//udma1", "/dev/uburma/udma1/", "/dev/uburma/udma1 ", "/dev/uburma/ud\0ma", "dev/uburma/udma1",
      "/dev/uburma/ud\u{301}ma", "/dev/uburma/" + String(repeating: "u", count: 64),
    ])
  func hostilePath(path: String) {
    for index in 0..<3 {
      var texts = Self.goodPaths
      texts[index] = path
      #expect(throws: UnifiedBusError.self) {
        try EnginePaths(decoding: Self.paths(texts)[...], dialect: .b)
      }
    }
  }

  @Test("the longest name that the kernel takes is taken")
  func longestPath() throws {
    let name = String(repeating: "u", count: 63)
    #expect(try DevicePath("/dev/uburma/" + name).kernelName == name)
    #expect(try DeviceName(String(repeating: "u", count: 31)).text.count == 31)
  }

  @Test("a reply header is read in each dialect, and refused when cut, unmarked or too large")
  func header() throws {
    let short = hex("ef030000 04000000")
    let long = hex("01 ef030000 04000000 0000000000000000")
    for (dialect, bytes) in [(EngineDialect.a, short), (.b, long), (.c, long)] {
      let header = try EngineReplyHeader(decoding: bytes[...], dialect: dialect)
      #expect(header.status == 1007)
      #expect(header.bodyLength == 4)
      for count in 0..<bytes.count {
        #expect(throws: UnifiedBusError.self) { try EngineReplyHeader(decoding: bytes[..<count], dialect: dialect) }
      }
    }
    #expect(throws: UnifiedBusError.self) {
      try EngineReplyHeader(decoding: hex("00 00000000 04000000 0000000000000000")[...], dialect: .b)
    }
    #expect(throws: UnifiedBusError.self) {
      try EngineReplyHeader(decoding: hex("00000000 01a00000")[...], dialect: .a)
    }
    #expect(throws: UnifiedBusError.self) {
      try EngineReplyHeader(decoding: hex("01 00000000 ffffffff 0000000000000000")[...], dialect: .c)
    }
  }

  @Test("random replies never do more than throw", arguments: 0..<200)
  func noise(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    for _ in 0..<10 {
      let bytes = (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      for dialect in EngineDialect.allCases {
        let list = try? EngineDeviceList(decoding: bytes[...], dialect: dialect)
        #expect((list?.devices.count ?? 0) + (list?.refused.count ?? 0) <= bytes.count / 16)
        let paths = try? EnginePaths(decoding: bytes[...], dialect: dialect)
        #expect(paths == nil, "four paths by chance")
        let header = try? EngineReplyHeader(decoding: bytes[...], dialect: dialect)
        #expect(header == nil || bytes.count == dialect.headerLength)
      }
    }
  }
}
