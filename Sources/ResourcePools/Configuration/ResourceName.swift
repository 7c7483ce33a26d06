/// The full name of an extended resource, e.g. `intel.com/sriov_net`.
public struct ResourceName: Hashable, Sendable, CustomStringConvertible {
  /// The part before the slash, e.g. `intel.com`.
  public let prefix: String
  /// The part after the slash, e.g. `sriov_net`.
  public let name: String

  /// Creates a name; it is not validated.
  public init(prefix: String, name: String) {
    self.prefix = prefix
    self.name = name
  }

  public var description: String { "\(prefix)/\(name)" }

  /// The file name of the pool's socket, e.g. `intel.com_sriov_net.sock`.
  public var socketName: String { "\(prefix)_\(name).sock" }

  /// The name of a variable, e.g. `PCIDEVICE_INTEL_COM_SRIOV_NET`. It is in upper case with underscores for dots; other
  /// characters stay, as consumers expect.
  public func environmentVariable(_ leader: String) -> String {
    var words = leader
    words.reserveCapacity(leader.utf8.count + prefix.utf8.count + name.utf8.count + 2)
    for part in ["_", prefix, "_", name] { words += part }
    // What kubelet takes is ASCII, and each Allocate asks.
    guard words.utf8.allSatisfy({ $0 < 0x80 }) else { return words.uppercased().replacingDots }
    return words.withUTF8 { bytes in
      String(unsafeUninitializedCapacity: bytes.count) {
        $0.initialize(fromContentsOf: bytes.lazy.map(Self.inVariable))
      }
    }
  }

  private static func inVariable(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "."): UInt8(ascii: "_")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
    default: byte
    }
  }
}

extension String {
  fileprivate var replacingDots: String {
    String(decoding: utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }
}
