/// A request to the UBS engine. A third operation, which releases a device, is never sent: the engine ignores it, and
/// in another dialect its number is a lookup.
enum EngineRequest: Sendable, Equatable, CustomStringConvertible {
  /// Corresponds to DEV_GET.
  case list
  /// The paths of a device. Corresponds to DEV_ALLOC, which records no owner and may be repeated.
  case paths(DeviceName)

  var description: String {
    switch self {
    case .list: "the list of devices"
    case .paths(let name): "the paths of \(name)"
    }
  }

  /// Encodes the whole message, header included. The request number is 0, because a connection carries one request.
  func encoded(in dialect: EngineDialect) -> [UInt8] {
    let body = body
    let operation = operation(in: dialect)
    let start = dialect.module.littleEndianBytes + operation.littleEndianBytes
    let length = UInt32(body.count).littleEndianBytes
    return switch dialect {
    case .a: start + length + body
    case .b, .c: [0] + start + length + UInt64(0).littleEndianBytes + body
    }
  }

  private var body: [UInt8] {
    switch self {
    // Not looked at, but an empty body is refused.
    case .list: [0, 0, 0, 0]
    case .paths(let name): Array(name.text.utf8) + [0]
    }
  }

  private func operation(in dialect: EngineDialect) -> UInt16 {
    let first: UInt16 = dialect == .c ? 4 : 5
    return switch self {
    case .list: first
    case .paths: first + 1
    }
  }
}
