/// The fixed part of a reply: the status, and the length of what follows.
struct EngineReplyHeader: Sendable, Equatable {
  var status: UInt32
  var bodyLength: Int

  /// Decodes a header.
  ///
  /// - Throws: Unless `bytes` has exactly `dialect.headerLength` bytes and announces a body of allowed length.
  init(decoding bytes: ArraySlice<UInt8>, dialect: EngineDialect) throws(UnifiedBusError) {
    var reader = WireReader(bytes, order: .littleEndian)
    if dialect != .a, let marker = reader.byte(), marker != 1 {
      throw .malformedReply(dialect: dialect, reason: "expected the reply marker 1, found \(marker)")
    }
    guard bytes.count == dialect.headerLength, let status = reader.uint32(), let length = reader.uint32() else {
      throw .malformedReply(
        dialect: dialect, reason: "expected a header of \(dialect.headerLength) bytes, found \(bytes.count)")
    }
    let limit = dialect.maximumMessage - dialect.headerLength
    guard length <= limit else {
      throw .malformedReply(dialect: dialect, reason: "expected at most \(limit) bytes, found \(length) announced")
    }
    self.status = status
    bodyLength = Int(length)
  }
}

/// The devices of one reply.
struct EngineDeviceList: Sendable, Equatable {
  /// Ordered by name; names are unique.
  var devices: [EngineDevice]
  /// One reason for each device that was left out because of its name.
  var refused: [UnifiedBusError]

  init(devices: [EngineDevice], refused: [UnifiedBusError] = []) {
    self.devices = devices.sorted { $0.name < $1.name }
    self.refused = refused
  }

  /// Decodes the body of a reply to the list request, to its last byte.
  init(decoding body: ArraySlice<UInt8>, dialect: EngineDialect) throws(UnifiedBusError) {
    var failure: UnifiedBusError?
    for order in dialect.bodyOrders {
      do throws(UnifiedBusError) {
        self = try Self.read(body, order: order, dialect: dialect)
        return
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? .malformedReply(dialect: dialect, reason: "expected a list")
  }

  private static func read(
    _ body: ArraySlice<UInt8>, order: WireReader.Order, dialect: EngineDialect
  ) throws(UnifiedBusError) -> EngineDeviceList {
    var reader = WireReader(body, order: order)
    guard let count = reader.uint32() else {
      throw .malformedReply(dialect: dialect, reason: "expected the number of devices, found \(body.count) bytes")
    }
    // A name's length, health and hardware id: what no device takes less than.
    guard Int(count) <= reader.remaining / 16 else {
      throw .malformedReply(
        dialect: dialect, reason: "expected \(count) devices, found only \(reader.remaining) bytes for them")
    }
    var devices: [DeviceName: EngineDevice] = [:]
    var refused: [UnifiedBusError] = []
    for index in 0..<count {
      guard let bytes = reader.counted(), let health = reader.uint32(), let hardwareID = reader.uint64() else {
        throw .malformedReply(dialect: dialect, reason: "expected \(count) devices, found the end in number \(index)")
      }
      do throws(UnifiedBusError) {
        let name = try DeviceName(String(decoding: bytes, as: UTF8.self))
        devices[name] = EngineDevice(name: name, health: .init(code: health), hardwareID: hardwareID)
      } catch {
        refused.append(error)
      }
    }
    guard reader.remaining == 0 else {
      throw .malformedReply(dialect: dialect, reason: "expected the end, found \(reader.remaining) bytes more")
    }
    return EngineDeviceList(devices: Array(devices.values), refused: refused)
  }
}

/// The kernel devices of one unit.
struct EnginePaths: Sendable, Equatable {
  /// The physical paths of the bonding device, in the engine's order.
  var virtual: [DevicePath]
  var bonding: DevicePath
  /// The EID as the engine spells it; not checked.
  var bondingEID: String

  /// All devices in the order in which they are moved: the bonding device follows its paths.
  var devices: [DevicePath] { virtual + [bonding] }

  /// Decodes the body of a reply to the paths request: bonding path, two paths of virtual functions, bonding EID.
  init(decoding body: ArraySlice<UInt8>, dialect: EngineDialect) throws(UnifiedBusError) {
    var texts: [String] = []
    for order in dialect.bodyOrders where texts.isEmpty {
      texts = Self.strings(body, order: order) ?? []
    }
    guard texts.count == 4 else {
      throw .malformedReply(dialect: dialect, reason: "expected exactly four strings, found \(body.count) other bytes")
    }
    bonding = try DevicePath(texts[0])
    virtual = [try DevicePath(texts[1]), try DevicePath(texts[2])]
    bondingEID = texts[3]
  }

  private static func strings(_ body: ArraySlice<UInt8>, order: WireReader.Order) -> [String]? {
    var reader = WireReader(body, order: order)
    var texts: [String] = []
    for _ in 0..<4 {
      guard let bytes = reader.counted() else { return nil }
      texts.append(String(decoding: bytes, as: UTF8.self))
    }
    return reader.remaining == 0 ? texts : nil
  }
}
