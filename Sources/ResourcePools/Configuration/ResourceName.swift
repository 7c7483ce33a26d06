/// The full name of an extended resource: `intel.com/sriov_net`.
public struct ResourceName: Hashable, Sendable, CustomStringConvertible {
  public let prefix: String
  public let name: String

  public init(prefix: String, name: String) {
    self.prefix = prefix
    self.name = name
  }

  public var description: String { "\(prefix)/\(name)" }

  /// The endpoint's file in the socket directory: `intel.com_sriov_net.sock`.
  public var socketName: String { "\(prefix)_\(name).sock" }

  /// `PCIDEVICE_INTEL_COM_SRIOV_NET`: dots become underscores, everything else stays, as consumers expect.
  public func environmentVariable(_ leader: String) -> String {
    var words = leader
    words.reserveCapacity(leader.utf8.count + prefix.utf8.count + name.utf8.count + 2)
    for part in ["_", prefix, "_", name] { words += part }
    return String(
      decoding: words.uppercased().utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }
}
