/// The wire format of one generation of the UBS engine; the protocol has changed twice without a version number.
///
/// Read in the engine's sources, branch by branch; which one a site runs is not known before it is asked.
public enum EngineDialect: String, Sendable, CaseIterable {
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

  /// The same for requests and replies, in bytes.
  var headerLength: Int {
    switch self {
    case .a: 8
    case .b, .c: 17
    }
  }

  /// Header and body together, in bytes; a longer reply is refused before it is read.
  var maximumMessage: Int {
    switch self {
    case .a: 40 << 10
    case .b, .c: 10 << 20
    }
  }

  /// How integers in bodies may be ordered, the likeliest first. A body is read to its last byte, and names are short,
  /// so one with a device in it can be read in one order only.
  var bodyOrders: [WireReader.Order] {
    switch self {
    case .a: [.bigEndian, .littleEndian]
    case .b, .c: [.littleEndian]
    }
  }
}
