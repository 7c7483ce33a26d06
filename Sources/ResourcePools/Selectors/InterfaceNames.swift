import HostInventory

/// What a network interface can be called.
enum InterfaceNames {
  /// Corresponds to `IFNAMSIZ` less the final NUL.
  private static let longest = 15

  /// Why no interface can have this name; nil when one can. `addressKey` is the selector that takes addresses there.
  ///
  /// Corresponds to `dev_valid_name()` in the kernel. It allows wildcards and commas, which no one uses in names.
  static func fault(of name: String, addressKey: String?) -> String? {
    if name.isEmpty { return "expected an interface name such as ens1f0" }
    if PCIAddressText.address(meantBy: name) != nil {
      let advice = addressKey.map { "; \($0) takes addresses" } ?? ""
      return "it is a PCI address, expected an interface name such as ens1f0\(advice)"
    }
    if name.contains(where: SelectorValue.isWildcard) {
      return "names are compared whole, without patterns: expected an interface name such as ens1f0"
    }
    if name.contains(",") { return "expected one interface name in each string" }
    if name.contains("#") { return "numbers of VFs are for pfNames: expected an interface name such as ens1f0v0" }
    if name.contains(where: { $0 == "/" || $0 == ":" || $0.isWhitespace }) {
      return "an interface name has no '/', ':' or blank: expected a name such as ens1f0"
    }
    if name.utf8.count > longest {
      return "an interface name has \(longest) bytes at most, this one has \(name.utf8.count)"
    }
    return nil
  }
}
