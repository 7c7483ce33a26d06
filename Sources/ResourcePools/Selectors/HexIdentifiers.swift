/// Vendor and device ids as configurations write them: four lower-case hex digits, as sysfs does without its `0x`.
public enum HexIdentifiers {
  /// The kind of the ids; the raw value is an example of one.
  enum Kind: String {
    case vendor = "15b3"
    case device = "101e"
  }

  /// The ids in `values`. Other spellings match nothing, as in the SR-IOV network device plugin, and cause a warning.
  static func parse(
    _ values: [String], of kind: Kind, at path: ConfigPath, note: (ConfigProblem) -> Void
  ) -> Set<UInt16> {
    var wanted: Set<UInt16> = []
    for (index, value) in values.enumerated() {
      if let id = parse(value) {
        wanted.insert(id)
      } else {
        note(SelectorValue.dead(value, path[index], "expected \(expectation(for: value, of: kind))"))
      }
    }
    return wanted
  }

  /// The id as configurations write it.
  public static func text(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  /// What to write instead of a value that is not an id.
  private static func expectation(for value: String, of kind: Kind) -> String {
    let form = "four lower-case hex digits such as \(kind.rawValue)"
    let separators: Set<Character> = [",", ":", " "]
    if value.contains(where: separators.contains) { return "\(form), and one id in each string" }
    let lower = value.lowercased()
    let digits = lower.hasPrefix("0x") ? String(lower.dropFirst(2)) : lower
    if let id = UInt16(digits, radix: 16), !digits.hasPrefix("+") { return "\(form); did you mean \(text(id))?" }
    if kind == .vendor, let id = vendors[lower] { return "\(form); \(lower) is \(id)" }
    return form
  }

  private static let vendors = [
    "amd": "1022", "broadcom": "14e4", "chelsio": "1425", "huawei": "19e5", "intel": "8086", "marvell": "177d",
    "mellanox": "15b3", "nvidia": "10de", "pensando": "1dd8", "qlogic": "1077", "rebellions": "1eff", "virtio": "1af4",
  ]

  private static func parse(_ value: String) -> UInt16? {
    guard let id = UInt16(value, radix: 16), text(id).utf8.elementsEqual(value.utf8) else { return nil }
    return id
  }
}
