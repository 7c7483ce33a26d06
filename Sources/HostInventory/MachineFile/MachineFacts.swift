/// `fact` lines: kernel facts to text and back.
extension KernelFacts {
  /// In a fixed order.
  var factLines: [String] {
    var lines: [String] = []
    if let links {
      if links.isEmpty { lines.append("fact links none") }
      for (name, link) in links.sorted(by: { $0.key < $1.key }) {
        let state = (link.isUp ? " up" : "") + (link.hasCarrier ? " carrier" : "")
        let others = [("master", link.master), ("lower", link.lower), ("kind", link.kind)]
        let words = others.map { key, value in value.map { " \(key)=\(word($0))" } ?? "" }.joined()
        lines.append("fact link \(word(name)) index=\(link.index) type=\(word(link.type))\(state)\(words)")
      }
    }
    lines += defaultRouteLinks.sorted().map { "fact default-route \(word($0))" }
    lines += devlink.sorted { $0.key < $1.key }.map { "fact devlink \($0.key)\($0.value.factWords)" }
    lines += auxiliaryDevlink.sorted { $0.key < $1.key }.map { "fact devlink \(word($0.key))\($0.value.factWords)" }
    lines += vdpa.map { "fact vdpa \(word($0.name)) \(word($0.bus)) \(word($0.parent))" }
    if let mode = rdmaNamespaceMode { lines.append("fact rdma-namespace-mode \(mode.rawValue)") }
    lines += ddpProfiles.sorted { $0.key < $1.key }.map { "fact ddp \($0.key) \(word($0.value))" }
    if let unifiedBus {
      if unifiedBus.isEmpty { lines.append("fact ub-devices none") }
      lines += unifiedBus.sorted { $0.key < $1.key }.map { "fact ub-device \(word($0.key))\($0.value.factWords)" }
    }
    return lines
  }

  /// Adds what one line says.
  mutating func take(fact text: Substring) throws(MachineLineError) {
    let (kind, rest) = MachineFileParser.cut(text)
    var words = try FactWords(rest)
    switch kind {
    case "links": try words.literal("none"); links = links ?? [:]
    case "link":
      let name = try words.next("a link's name")
      let link = Link(
        index: try words.number("index"), type: try words.setting("type"), isUp: words.flag("up"),
        hasCarrier: words.flag("carrier"), master: words.optionalSetting("master"),
        lower: words.optionalSetting("lower"), kind: words.optionalSetting("kind"))
      links = (links ?? [:]).merging([name: link]) { _, new in new }
    case "default-route": defaultRouteLinks.insert(try words.next("a link's name"))
    case "devlink":
      let name = try words.next("a PCI address or an auxiliary device's name")
      let facts = try Devlink(from: &words)
      if let address = PCIAddress(name) { devlink[address] = facts } else { auxiliaryDevlink[name] = facts }
    case "vdpa":
      vdpa.append(
        VDPALink(
          name: try words.next("a vDPA device's name"), bus: try words.next("a bus"),
          parent: try words.next("a management device's name")))
    case "rdma-namespace-mode":
      let mode = try words.next("shared or exclusive")
      guard let known = RDMANamespaceMode(rawValue: mode) else {
        throw MachineLineError(reason: "expected shared or exclusive, found '\(mode)'")
      }
      rdmaNamespaceMode = known
    case "ddp":
      let address = try words.address()
      ddpProfiles[address] = try words.next("a profile's name")
    case "ub-devices": try words.literal("none"); unifiedBus = unifiedBus ?? [:]
    case "ub-device":
      let name = try words.next("a UB device's name")
      let device = try UBDevice(from: &words)
      unifiedBus = (unifiedBus ?? [:]).merging([name: device]) { _, new in new }
    default:
      throw MachineLineError(
        reason: "expected ddp, default-route, devlink, link, links, rdma-namespace-mode, ub-device, ub-devices or vdpa "
          + "after fact, found '\(kind)'")
    }
    try words.end()
  }
}

private func word(_ text: String) -> String { MachineText.escape(text, blanks: .all) }

extension KernelFacts.Devlink {
  fileprivate var factWords: String {
    var words: [String] = []
    if let eswitchMode { words.append("eswitch=\(word(eswitchMode))") }
    if let enableRDMA { words.append("enable_rdma=\(enableRDMA)") }
    if let firmwareAppName { words.append("fw.app.name=\(word(firmwareAppName))") }
    return words.map { " \($0)" }.joined()
  }

  fileprivate init(from words: inout FactWords) throws(MachineLineError) {
    let rdma = words.optionalSetting("enable_rdma")
    guard rdma == nil || rdma == "true" || rdma == "false" else {
      throw MachineLineError(reason: "expected enable_rdma=true or enable_rdma=false, found '\(rdma ?? "")'")
    }
    self.init(
      eswitchMode: words.optionalSetting("eswitch"), enableRDMA: rdma.map { $0 == "true" },
      firmwareAppName: words.optionalSetting("fw.app.name"))
  }
}

extension UBDevice {
  fileprivate var factWords: String {
    var words = ["devices=" + kernelDevices.map(word).joined(separator: ",")]
    if let transportType { words.append("transport=\(transportType)") }
    if isHealthy { words.append("healthy") }
    if let reason { words.append("reason=\(word(reason))") }
    if !eids.isEmpty { words.append("eids=" + eids.map(word).joined(separator: ",")) }
    return words.map { " \($0)" }.joined()
  }

  fileprivate init(from words: inout FactWords) throws(MachineLineError) {
    let names = try words.setting("devices").split(separator: ",").map(String.init)
    self.init(
      kernelDevices: names, transportType: try words.optionalNumber("transport"), isHealthy: words.flag("healthy"),
      reason: words.optionalSetting("reason"))
    eids = words.optionalSetting("eids").map { $0.split(separator: ",").map(String.init) } ?? []
  }
}

/// The words of a fact, taken one by one; what is left at the end is an error.
private struct FactWords {
  private var words: [String] = []

  init(_ text: Substring) throws(MachineLineError) {
    for part in text.split(separator: " ") {
      guard let word = MachineText.word(part) else {
        throw MachineLineError(reason: "expected \\s, \\t, \\n, \\\\ or \\xHH after a backslash, found '\(part)'")
      }
      words.append(word)
    }
  }

  mutating func next(_ what: String) throws(MachineLineError) -> String {
    guard !words.isEmpty else { throw MachineLineError(reason: "expected \(what), found the end of the line") }
    return words.removeFirst()
  }

  mutating func literal(_ text: String) throws(MachineLineError) {
    let found = try next(text)
    guard found == text else { throw MachineLineError(reason: "expected \(text), found '\(found)'") }
  }

  mutating func address() throws(MachineLineError) -> PCIAddress {
    let text = try next("a PCI address")
    guard let address = PCIAddress(text) else {
      throw MachineLineError(reason: "expected a PCI address such as 0000:3b:00.0, found '\(text)'")
    }
    return address
  }

  mutating func flag(_ name: String) -> Bool {
    guard let index = words.firstIndex(of: name) else { return false }
    words.remove(at: index)
    return true
  }

  mutating func optionalSetting(_ name: String) -> String? {
    guard let index = words.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
    return String(words.remove(at: index).dropFirst(name.count + 1))
  }

  mutating func setting(_ name: String) throws(MachineLineError) -> String {
    guard let value = optionalSetting(name) else { throw MachineLineError(reason: "expected \(name)=VALUE") }
    return value
  }

  mutating func optionalNumber(_ name: String) throws(MachineLineError) -> Int? {
    guard let text = optionalSetting(name) else { return nil }
    guard let number = Int(text) else {
      throw MachineLineError(reason: "expected a number after \(name)=, found '\(text)'")
    }
    return number
  }

  mutating func number(_ name: String) throws(MachineLineError) -> Int {
    guard let number = try optionalNumber(name) else { throw MachineLineError(reason: "expected \(name)=NUMBER") }
    return number
  }

  func end() throws(MachineLineError) {
    if let first = words.first { throw MachineLineError(reason: "expected the end of the line, found '\(first)'") }
  }
}
