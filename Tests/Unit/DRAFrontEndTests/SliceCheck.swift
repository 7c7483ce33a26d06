import DRAFrontEnd
import JSONText

/// The limits of the API server's validation of ResourceSlices, written down a second time: by the API's documentation, not
/// by what the product does.
enum SliceCheck {
  static func faults(of slice: JSONValue) -> [String] {
    guard let root = try? JSONNode.parse(Array(slice.text().utf8)), let spec = root["spec"] else { return ["no spec"] }
    var faults: [String] = []
    let devices = spec["devices"]?.array ?? []
    let most = devices.contains { $0["taints"] != nil } ? 64 : 128
    if devices.count > most { faults.append("\(devices.count) devices") }
    let pool = spec["pool"]?["name"]?.string ?? ""
    for part in pool.split(separator: "/", omittingEmptySubsequences: false) where !isSubdomain(String(part)) {
      faults.append("pool \(pool)")
    }
    if pool.count > 253 { faults.append("pool of \(pool.count)") }
    var names: Set<String> = []
    for device in devices {
      let name = device["name"]?.string ?? ""
      if !isLabel(name) || !names.insert(name).inserted { faults.append("device \(name)") }
      let attributes = device["attributes"]?.members ?? []
      let capacity = device["capacity"]?.members ?? []
      if attributes.count + capacity.count > 32 { faults.append("\(attributes.count) attributes") }
      for attribute in attributes + capacity { faults += self.faults(of: attribute) }
      for taint in device["taints"]?.array ?? [] {
        let value = taint["value"]?.string ?? ""
        if value.count > 63 || !value.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) {
          faults.append("taint \(value)")
        }
      }
    }
    return faults
  }

  private static func faults(of attribute: JSONMember) -> [String] {
    var faults: [String] = []
    let parts = attribute.key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let id = parts.last ?? ""
    if parts.count > 2 || id.isEmpty || id.count > 32 || id.first?.isNumber == true
      || !id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    {
      faults.append("attribute \(attribute.key)")
    }
    if parts.count == 2, !isSubdomain(parts[0]) || parts[0].count > 63 { faults.append("domain \(parts[0])") }
    if let text = attribute.value["string"]?.string, text.utf8.count > 64 { faults.append("\(attribute.key) is long") }
    return faults
  }

  private static func isSubdomain(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel(String($0)) }
  }

  private static func isLabel(_ text: String) -> Bool {
    (1...63).contains(text.count) && text.first != "-" && text.last != "-"
      && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
  }
}
