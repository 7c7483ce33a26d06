/// The rules for a resource's name and prefix, ours and kubelet's.
enum ResourceNameRules {
  enum Characters {
    case lettersDigitsUnderscoreHyphen
    /// As in the RDMA shared device plugin.
    case lettersDigitsUnderscore

    fileprivate func contains(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "_"): true
      case UInt8(ascii: "-"): self == .lettersDigitsUnderscoreHyphen
      default: isAlphanumeric(byte)
      }
    }

    fileprivate var expectation: String {
      self == .lettersDigitsUnderscoreHyphen ? "letters, digits, '_' and '-' only" : "letters, digits and '_' only"
    }
  }

  /// Why `name` cannot be the part after the slash; nil when it can.
  static func fault(ofName name: String, _ characters: Characters) -> String? {
    guard name.isEmpty || !name.utf8.allSatisfy(characters.contains) else { return nil }
    return "found \(name.quoted), expected \(characters.expectation)"
  }

  /// Why `prefix` cannot be the part before the slash, or part of a file's or variable's name; nil when it can.
  static func fault(ofPrefix prefix: String) -> String? {
    let isUsable = prefix.utf8.allSatisfy { byte in
      byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "=")
    }
    guard prefix.isEmpty || !isUsable else { return nil }
    return "found \(prefix.quoted), expected a domain name without '/', '=', blanks and control characters"
  }

  /// The address of a unix socket has room for 107 bytes and a final NUL.
  static func fault(ofSocketOf resource: ResourceName, in directories: [String]) -> String? {
    let paths = directories.map { "\($0)/\(resource.socketName)" }
    guard let path = paths.first(where: { $0.utf8.count > 107 }) else { return nil }
    return "the path of the socket, \(path.quoted), has \(path.utf8.count) bytes, expected at most 107"
  }

  /// Why kubelet will refuse the prefix at registration; nil when it will not.
  static func objection(toPrefix prefix: String) -> String? {
    let labels = prefix.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isSubdomain = labels.allSatisfy { label in
      guard let first = label.first, let last = label.last else { return false }
      return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
        && label.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
    if !isSubdomain {
      return "kubelet will refuse \(prefix.quoted), expected a domain name of lower case letters, digits, '-' and '.'"
    }
    if prefix == "kubernetes.io" || prefix.hasSuffix(".kubernetes.io") {
      return "kubelet will refuse \(prefix.quoted): kubernetes.io is Kubernetes' own"
    }
    if prefix.hasPrefix("requests.") { return "kubelet will refuse \(prefix.quoted): it begins with requests." }
    if prefix.utf8.count + "requests.".utf8.count > 253 {
      return "kubelet will refuse a prefix of \(prefix.utf8.count) bytes, expected at most 244"
    }
    return nil
  }

  /// Why kubelet will refuse the name at registration; nil when it will not.
  static func objection(toName name: String) -> String? {
    guard let first = name.utf8.first, let last = name.utf8.last else { return nil }
    if !isAlphanumeric(first) || !isAlphanumeric(last) {
      return "kubelet will refuse \(name.quoted), expected a letter or digit at both ends"
    }
    if name.utf8.count > 63 {
      return "kubelet will refuse a name of \(name.utf8.count) characters, expected at most 63"
    }
    return nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
