import HostInventory

/// Recognises the spellings of PCI addresses that people use.
enum PCIAddressText {
  /// The address that is meant: without domain (`3b:02.0`, as lspci prints it), in upper case, or as it should be.
  static func address(meantBy text: String) -> PCIAddress? {
    let lower = text.lowercased()
    return PCIAddress(lower) ?? PCIAddress("0000:\(lower)")
  }

  /// What to write in `pciAddresses` instead of this value.
  static func expectation(for value: String) -> String {
    let form = "expected an address such as 0000:3b:02.0"
    if let address = address(meantBy: value) { return "\(form); did you mean \(address)?" }
    if value.contains("#") { return "\(form); rootDevices takes a PF's address with numbers of VFs" }
    if value.contains(where: { $0 == "," || $0 == "-" || $0 == " " || SelectorValue.isWildcard($0) }) {
      return "\(form): one in each string, without ranges and patterns"
    }
    return value.contains(":") || value.isEmpty ? form : "\(form); pfNames takes the name of a PF"
  }

  /// What to write in `rootDevices` instead of this value.
  static func rootExpectation(for value: String) -> String {
    let form = "expected an address such as 0000:3b:00.0 or 0000:3b:00.0#0-3"
    let parts = value.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if let address = address(meantBy: parts[0]), value.utf8.count <= 64 {
      return "\(form); did you mean \(([address.description] + parts.dropFirst()).joined(separator: "#"))?"
    }
    return value.contains(":") || value.isEmpty ? form : "\(form); pfNames takes the name of a PF"
  }
}
