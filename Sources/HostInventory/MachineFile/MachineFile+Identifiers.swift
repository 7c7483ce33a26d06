extension MachineFile {
  /// The same machine with tokens instead of its identifiers.
  func withoutIdentifiers() -> MachineFile {
    var tokens = IdentifierTokens()
    var machine = MachineFile(title: title)
    // In the order of the text, which numbers the tokens.
    for (path, entry) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      machine.entries[tokens.replace(in: path)] = entry.withTokens(&tokens, name: path.split(separator: "/").last ?? "")
    }
    machine.kernel = kernel.withTokens(&tokens)
    return machine
  }
}

extension MachineFile.Entry {
  fileprivate func withTokens(_ tokens: inout IdentifierTokens, name: Substring) -> Self {
    switch self {
    case .directory, .node: return self
    case .link(let target): return .link(tokens.replace(in: target))
    case .file(let bytes):
      switch name {
      // Vendor and device numbers in a row.
      case "modalias": return self
      // The MAC address of the switch, in most drivers.
      case "phys_switch_id": return .file(tokens.replace(whole: bytes))
      default: return .file(tokens.replace(in: bytes))
      }
    }
  }
}

extension KernelFacts {
  fileprivate func withTokens(_ tokens: inout IdentifierTokens) -> KernelFacts {
    var facts = self
    facts.links = links.map { Self.renamed($0, &tokens) }
    facts.defaultRouteLinks = Set(defaultRouteLinks.sorted().map { tokens.replace(in: $0) })
    facts.auxiliaryDevlink = Self.renamed(auxiliaryDevlink, &tokens)
    facts.vdpa = vdpa.map {
      VDPALink(name: tokens.replace(in: $0.name), bus: $0.bus, parent: tokens.replace(in: $0.parent))
    }
    facts.unifiedBus = unifiedBus.map { devices in
      Self.renamed(devices, &tokens).mapValues { device in
        var device = device
        device.kernelDevices = device.kernelDevices.map { tokens.replace(in: $0) }
        device.reason = device.reason.map { tokens.replace(in: $0) }
        return device
      }
    }
    return facts
  }

  private static func renamed<Value>(_ facts: [String: Value], _ tokens: inout IdentifierTokens) -> [String: Value] {
    var renamed: [String: Value] = [:]
    for name in facts.keys.sorted() { renamed[tokens.replace(in: name)] = facts[name] }
    return renamed
  }
}
