/// Kubelet's rules for the names of extended resources.
enum ExtendedResourceName {
  /// What is wrong with `name`; nil when kubelet takes it.
  static func objection(to name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return "expected PREFIX/NAME" }
    let (prefix, local) = (parts[0], parts[1])
    // The name must also be good for a quota, which is called `requests.` and the name.
    if prefix.hasPrefix("requests.") { return "the prefix begins with requests." }
    if prefix == "kubernetes.io" || prefix.hasSuffix(".kubernetes.io") { return "the domain kubernetes.io is reserved" }
    if prefix.utf8.count + "requests.".utf8.count > 253 { return "the prefix is longer than 244 characters" }
    if !isSubdomain(prefix) { return "the prefix is not a DNS subdomain in lower case" }
    if local.utf8.count > 63 { return "the name is longer than 63 characters" }
    if !isQualified(local) { return "the name is not letters, digits, '-', '_' and '.' between two letters or digits" }
    return nil
  }

  /// Labels of at most any length: the whole is limited, as in Kubernetes.
  private static func isSubdomain(_ text: Substring) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      guard let first = label.utf8.first, let last = label.utf8.last else { return false }
      return isLower(first) && isLower(last) && label.utf8.allSatisfy { isLower($0) || $0 == UInt8(ascii: "-") }
    }
  }

  private static func isQualified(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLower(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
