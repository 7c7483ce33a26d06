/// Vendor and device ids as configurations write them: four lower-case hex digits, as sysfs does without its `0x`.
enum HexIdentifiers {
  /// The ids that `values` name; other spellings match nothing, as in the incumbent, and are warned about.
  static func parse(_ values: [String], at path: ConfigPath, note: (ConfigProblem) -> Void) -> Set<UInt16> {
    var wanted: Set<UInt16> = []
    for (index, value) in values.enumerated() {
      if let id = parse(value) {
        wanted.insert(id)
      } else {
        note(
          ConfigProblem(
            .warning, path: path[index],
            reason: "\(value.quoted) matches no device: expected four lower-case hex digits such as 15b3"))
      }
    }
    return wanted
  }

  static func text(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  private static func parse(_ value: String) -> UInt16? {
    guard let id = UInt16(value, radix: 16), text(id).utf8.elementsEqual(value.utf8) else { return nil }
    return id
  }
}
