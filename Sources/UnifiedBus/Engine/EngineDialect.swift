/// The wire format of one generation of the UBS engine. The protocol changed twice without a version number.
///
/// The formats are from the engine's sources, branch by branch. Which one a site runs is known only after asking.
enum EngineDialect: String, Sendable, CaseIterable {
  /// Early 2026: header of 8 bytes, integers in bodies big-endian (little-endian in its first two releases).
  case a = "A"
  /// Header of 17 bytes.
  case b = "B"
  /// As B, with every operation's number one lower: B's lookup is C's release.
  case c = "C"

  var module: UInt16 {
    switch self {
    case .a: 6
    case .b, .c: 5
    }
  }

  /// The length of a header in bytes, the same for requests and replies.
  var headerLength: Int {
    switch self {
    case .a: 8
    case .b, .c: 17
    }
  }

  /// The longest message in bytes, header included; a longer reply is refused before it is read.
  var maximumMessage: Int {
    switch self {
    case .a: 40 << 10
    case .b, .c: 10 << 20
    }
  }

  /// Possible byte orders of integers in bodies, the likeliest first. A body is read to its last byte and names are
  /// short, so a body with a device can be read in one order only.
  var bodyOrders: [WireReader.Order] {
    switch self {
    case .a: [.bigEndian, .littleEndian]
    case .b, .c: [.littleEndian]
    }
  }
}
