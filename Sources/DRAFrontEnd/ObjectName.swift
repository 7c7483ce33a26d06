public import ResourcePools

/// Makes names for the Kubernetes API, which allows fewer characters than device ids and resource names: no `_`, `:` or
/// capitals.
public enum ObjectName {
  /// The longest DNS label.
  static let longestLabel = 63

  /// Makes a DNS label of any text: in lower case, with `-` for other characters.
  ///
  /// The end of a text that is too long is replaced by a digest, so that two long texts get different labels.
  public static func label(_ text: String) -> String {
    let mapped = text.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 0x20
      default: UInt8(ascii: "-")
      }
    }
    let hyphen = UInt8(ascii: "-")
    let head = mapped.drop { $0 == hyphen }
    let label = head.prefix(upTo: head.lastIndex { $0 != hyphen }.map { $0 + 1 } ?? head.startIndex)
    if label.isEmpty { return "d-\(digest(of: text))" }
    let name = String(decoding: label, as: UTF8.self)
    return label.count > longestLabel ? told(name, apart: text) : name
  }

  /// The label with a digest of `text`, so that it differs from the same label of another text.
  static func told(_ label: String, apart text: String) -> String {
    "\(label.prefix(longestLabel - 9))-\(digest(of: text))"
  }

  /// The part of a pool's name after the node, e.g. `intel.com/sriov-net` for `intel.com/sriov_net`.
  public static func resource(_ name: ResourceName) -> String { "\(name.prefix.lowercased())/\(label(name.name))" }

  /// The name of a node's pool, e.g. `node1/intel.com/sriov-net`. A driver's pool names are unique in the cluster, so
  /// they contain the node.
  public static func pool(_ name: ResourceName, on node: String) -> String { "\(node)/\(resource(name))" }

  /// The name of a resource's DeviceClass, e.g. `sriov-net.intel.com`.
  public static func deviceClass(_ name: ResourceName) -> String { "\(label(name.name)).\(name.prefix.lowercased())" }

  /// Whether a text is a DNS subdomain, as most names in the API are.
  public static func isSubdomain(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
        guard let first = part.first, let last = part.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
          && part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  /// Lower case letters and digits.
  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// FNV-1a of 32 bits: the same on every node and in every version.
  static func digest(of text: String) -> String {
    let hash = text.utf8.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
