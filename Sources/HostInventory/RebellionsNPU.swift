/// What the `rebellions` driver reports of an NPU.
///
/// Corresponds to `/sys/bus/pci/drivers/rebellions/<address>/pools`: line 1 is a heading, line 2 begins with `rblnN`.
public enum RebellionsNPU: Sendable, Equatable {
  /// The node's name below `/dev`, e.g. `rbln0`.
  case node(String)
  /// The file is missing or has another form.
  case unknown(reason: String)

  /// The PCI vendor id of Rebellions.
  public static let vendor: UInt16 = 0x1eff
  static let driver = "rebellions"

  /// Why the driver can't serve it now, by `/sys/class/rebellions/<node>/status`, which newer drivers have: 0 is ready.
  func fault(in root: HostRoot, log: AccessLog?) throws(HostInventoryError) -> String? {
    guard case .node(let name) = self, root.exists("\(HostPath.rebellions)/\(name)") else { return nil }
    let directory = try SysfsDirectory("\(HostPath.rebellions)/\(name)", in: root, log: log)
    guard let status = try directory.integer("status"), status != 0 else { return nil }
    return "its driver reports status \(status), expected 0 (ready)"
  }

  /// Parses the text of `pools`; nil means that there is no such file.
  static func parse(_ text: String?) -> RebellionsNPU {
    guard let text else { return .unknown(reason: "its pools file is missing") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1 else { return .unknown(reason: "its pools file has one line, expected rblnN in the second") }
    let node = lines[1].prefix { $0 != " " && $0 != "\t" }
    guard node.hasPrefix("rbln"), let number = UInt(node.dropFirst(4)), "rbln\(number)" == node else {
      return .unknown(reason: "line 2 of its pools file begins with '\(node.prefix(40))', expected rblnN")
    }
    return .node(String(node))
  }
}
