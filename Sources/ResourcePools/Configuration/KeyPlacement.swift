/// Finds the object where a misplaced key belongs.
enum KeyPlacement {
  /// A hint for a key that the object does not have; nil when no object has it.
  static func hint(for key: String, in scope: ConfigKey.Scope) -> String? {
    switch scope {
    case .file: hintInFile(key)
    case .resourcePool: hintInPool(key)
    case .sharedPool: hintInSharedPool(key)
    case .selectors, .sharedSelectors, .option: nil
    }
  }

  /// The same of a selector object of pools of this type.
  static func hint(for key: String, inSelectorsOf type: DeviceType) -> String? {
    if type.ownership == .shared { return hintInSharedSelectors(key) }
    if let known = ConfigKeySet.of(.selectors).key(for: key) {
      return " on \(type.name) pools: it is for \(known.deviceTypes.alternatives)"
    }
    if let name = name(key, in: .resourcePool) { return "; \(name) belongs beside selectors" }
    switch name(key, in: .sharedSelectors) ?? name(key, in: .sharedPool) {
    case "deviceIDs"?: return "; device ids are called devices here"
    case let name?: return "; \(name) is for pools of configList"
    case nil: break
    }
    return name(key, in: .file).map { "; \($0) belongs at the top level of the file" }
  }

  private static func hintInFile(_ key: String) -> String? {
    if let name = name(key, in: .resourcePool) ?? name(key, in: .sharedPool) {
      return "; \(name) belongs in an entry of \(list(for: key))"
    }
    if let name = name(key, in: .selectors) {
      return "; \(name) belongs in the selectors of an entry of resourceList"
    }
    return name(key, in: .sharedSelectors).map { "; \($0) belongs in the selectors of an entry of configList" }
  }

  private static func list(for key: String) -> String {
    switch (name(key, in: .resourcePool), name(key, in: .sharedPool)) {
    case (nil, _): "configList"
    case (_, nil): "resourceList"
    default: "resourceList or configList"
    }
  }

  private static func hintInPool(_ key: String) -> String? {
    if let name = name(key, in: .selectors) { return "; \(name) belongs in selectors" }
    if let name = name(key, in: .sharedPool) ?? name(key, in: .sharedSelectors) {
      return "; \(name) is for pools of configList"
    }
    return nested(key) ?? name(key, in: .file).map { "; \($0) belongs at the top level of the file" }
  }

  private static func hintInSharedPool(_ key: String) -> String? {
    if let name = name(key, in: .sharedSelectors) { return "; \(name) belongs in selectors" }
    if let name = name(key, in: .resourcePool) ?? name(key, in: .selectors) {
      return "; \(name) is for pools of resourceList"
    }
    return name(key, in: .file).map { "; \($0) belongs at the top level of the file" }
  }

  private static func hintInSharedSelectors(_ key: String) -> String? {
    // There, `devices` are ids; next to the selectors of a shared pool they are interface names.
    if name(key, in: .selectors) == "devices" { return "; device ids are called deviceIDs here" }
    if let name = name(key, in: .sharedPool) { return "; \(name) belongs beside selectors" }
    if let name = name(key, in: .selectors) ?? name(key, in: .resourcePool) {
      return "; \(name) is for pools of resourceList"
    }
    return name(key, in: .file).map { "; \($0) belongs at the top level of the file" }
  }

  private static func nested(_ key: String) -> String? {
    for option in ConfigReference.options.map(\.key.name) {
      if let name = name(key, in: .option(option)) { return "; \(name) belongs in \(option)" }
    }
    return nil
  }

  private static func name(_ key: String, in scope: ConfigKey.Scope) -> String? {
    guard let known = ConfigKeySet.of(scope).key(for: key), known.type != .ignored else { return nil }
    return known.name
  }
}
