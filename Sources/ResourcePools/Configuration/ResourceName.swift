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
    var bytes = Array((leader + "_" + prefix + "_" + name).utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: ".") { bytes[index] = UInt8(ascii: "_") }
    return String(decoding: bytes, as: UTF8.self).uppercased()
  }
}
