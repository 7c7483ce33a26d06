import JSONText

/// One UB device as the variable `PCIDEVICE_…_INFO` of a container describes it. kubelet keeps the variable with the
/// Allocate answer, across restarts of this program and of the node.
public struct DescribedUBDevice: Sendable, Equatable {
  /// The names of its kernel devices, e.g. `udma1`.
  public var kernelNames: [String]
  /// Its EIDs, as text.
  public var eids: [String]

  /// Creates a description.
  public init(kernelNames: [String], eids: [String]) {
    self.kernelNames = kernelNames
    self.eids = eids
  }

  /// The devices of every such variable, by id; other texts are skipped.
  static func all(in environment: [String: String]) -> [String: DescribedUBDevice] {
    var found: [String: DescribedUBDevice] = [:]
    for (name, text) in environment where name.hasPrefix("PCIDEVICE_") && name.hasSuffix("_INFO") {
      guard let root = try? JSONNode.parse(Array(text.utf8)), case .object(let members) = root.value else { continue }
      for member in members {
        guard let section = member.value["ub"], section.members != nil else { continue }
        found[member.key] = DescribedUBDevice(
          kernelNames: list(section["devices"]), eids: list(section["eids"]))
      }
    }
    return found
  }

  private static func list(_ node: JSONNode?) -> [String] {
    node?.string?.split(separator: ",").map(String.init) ?? []
  }
}
