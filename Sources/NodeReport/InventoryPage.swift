import HostInventory
import ResourcePools

/// The inventory as one self-contained HTML page: NUMA nodes, root ports, physical functions and the functions made
/// from them, coloured by pool.
///
/// Nothing is loaded from elsewhere. Without its script the page lacks the search, the highlighting of a pod's devices
/// and the arrow keys.
public struct InventoryPage {
  private let survey: NodeSurvey
  private let tree: DeviceTree
  private let pods: [PodRecord]
  /// Numbers of the pods, by device id.
  private let podsOfDevice: [String: [Int]]

  /// The Content-Security-Policy of the page: the browser applies its own style and runs its own script, and nothing
  /// else.
  public static let policy =
    "default-src 'none'; style-src 'sha256-\(PageStyle.sheetHash)'; script-src 'sha256-\(PageScript.hash)'"

  /// Prepares the page of a survey.
  public init(_ survey: NodeSurvey) {
    self.survey = survey
    tree = DeviceTree(survey.records)
    pods = PodRecord.all(of: survey.records)
    var numbers: [String: [Int]] = [:]
    for (number, pod) in pods.enumerated() {
      for device in pod.devices { numbers[device, default: []].append(number) }
    }
    podsOfDevice = numbers
  }

  /// The HTML text, from `<!doctype html>` on.
  public var text: String {
    let head = HTML.list(
      [
        .void("meta", ["charset": "utf-8"]),
        .void("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("title", [:], .words("Devices of \(survey.title)")),
        .element("style", [:], PageStyle.sheet),
      ], separator: "\n")
    let main =
      survey.records.isEmpty
      ? HTML.element("p", ["class": "none"], .words("No network, accelerator or UB device is on this host."))
      : HTML.element("main", [:], .list(tree.nodes.map(node), separator: "\n"))
    let parts = [header, search, legend, podList, main, warnings, problems, .element("script", [:], PageScript.text)]
    return HTML.page(head, .list(parts, separator: "\n"))
  }

  private var header: HTML {
    func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
    let npus = survey.records.count { $0.isLoneNPU }
    let kinds = Dictionary(grouping: survey.records.filter { !$0.isLoneNPU }, by: \.kind).mapValues(\.count)
    var names: [(DeviceRecord.Kind, String, String)] = [
      (.physicalFunction, "PF", "PFs"), (.virtualFunction, "VF", "VFs"), (.subfunction, "subfunction", "subfunctions"),
      (.function, "function", "functions"),
    ]
    let others = kinds.keys.compactMap { if case .other(let noun) = $0 { noun } else { nil } }
    for noun in others.sorted(by: { $0.one < $1.one }) { names.append((.other(noun), noun.one, noun.many)) }
    var counts = names.compactMap { kind, one, many in kinds[kind].map { count($0, one, many) } }
    if npus > 0 { counts.append(count(npus, "NPU", "NPUs")) }
    let sick = survey.records.count { $0.trouble != nil }
    let used = survey.records.count { !$0.uses.isEmpty }
    if sick > 0 { counts.append("\(sick) in trouble") }
    if used > 0 { counts.append("\(used) in pods") }
    let context = survey.context
    var origin = [context.time, context.version.isEmpty ? "" : "devicepool \(context.version)"]
    origin += context.configFiles
    let name = context.nodeName.isEmpty ? "this node" : context.nodeName
    return .element(
      "header", [:], .element("h1", [:], .words("Devices of \(name)")),
      .element("p", [:], .words(survey.title)),
      .element("p", ["class": "origin"], .words(origin.filter { !$0.isEmpty }.joined(separator: " · "))),
      .element("p", ["class": "counts"], .words(counts.joined(separator: " · "))))
  }

  /// Shown by the script, which it needs.
  private var search: HTML {
    guard !survey.records.isEmpty else { return .empty }
    return .element(
      "div", ["class": "search", "hidden": ""],
      .element(
        "label", [:], .words("Search "),
        .void("input", ["type": "search", "placeholder": "address, interface, driver, pod …"])),
      .element("output", ["aria-live": "polite"]))
  }

  /// Pointing at a pod lets all devices fade but its own; a click keeps it so.
  private var podList: HTML {
    guard !pods.isEmpty else { return .empty }
    let entries = pods.enumerated().map { number, pod -> HTML in
      let nodes = pod.numaNodes.map { "\($0)" }.joined(separator: " and ")
      let place = pod.spansNodes ? "spans NUMA nodes \(nodes)" : nodes.isEmpty ? "" : "NUMA node \(nodes)"
      let shown = pod.devices.prefix(4).joined(separator: ", ") + (pod.devices.count > 4 ? " …" : "")
      let count = pod.devices.count == 1 ? "1 device" : "\(pod.devices.count) devices"
      return .element(
        "li", ["class": pod.spansNodes ? "pod spans" : "pod", "data-pod": "\(number)"],
        .element("button", ["type": "button", "aria-pressed": "false"], .words("\(pod.namespace)/\(pod.name)")),
        .element("small", [:], .words([count, place, shown].filter { !$0.isEmpty }.joined(separator: " · "))))
    }
    return .element(
      "details", ["class": "pods", "open": ""],
      .element("summary", [:], .words(pods.count == 1 ? "1 pod" : "\(pods.count) pods")),
      .element("ul", [:], .list(entries, separator: "\n")))
  }

  private var legend: HTML {
    var entries = survey.pools.enumerated().map { index, pool -> HTML in
      let sick = pool.units.count { $0.health != .healthy }
      var words = [pool.config.type.name, pool.units.count == 1 ? "1 unit" : "\(pool.units.count) units"]
      if let used = survey.usedUnits(of: pool) {
        words += ["\(used) used", "\(max(0, pool.units.count - used)) free"]
      }
      if sick > 0 { words.append("\(sick) unhealthy") }
      return key(PageStyle.pool(index), "\(pool.name)", words.joined(separator: ", "), highlights: index)
    }
    entries.append(
      survey.pools.isEmpty
        ? key("free", "device", "no configuration was applied") : key("free", "in no pool", ""))
    if survey.records.contains(where: { $0.memberships.count > 1 }) {
      entries.append(key("free also", "also in a shared pool", ""))
    }
    if survey.records.contains(where: { $0.trouble != nil }) {
      entries.append(key("free sick", "unhealthy", "or can't be offered"))
    }
    if survey.records.contains(where: { !$0.uses.isEmpty }) { entries.append(key("free used", "used by a pod", "")) }
    return .element("ul", ["class": "legend", "aria-label": "Legend"], .list(entries, separator: "\n"))
  }

  /// Pointing at a pool's entry lets all other devices fade.
  private func key(_ look: String, _ name: String, _ words: String, highlights pool: Int? = nil) -> HTML {
    var attributes: HTML.Attributes = ["class": "key"]
    if let pool, pool < PageStyle.highlighted { attributes = ["class": "key k\(pool)", "tabindex": "0"] }
    return .element(
      "li", attributes, .element("span", ["class": "cell \(look)", "aria-hidden": "true"]),
      .element("b", [:], .words(name)), words.isEmpty ? .empty : .element("small", [:], .words(words)))
  }

  private func node(_ node: DeviceTree.Node) -> HTML {
    let title = node.number.map { "NUMA node \($0)" } ?? "NUMA node unknown"
    return .element(
      "section", ["class": "node", "aria-label": title], .element("h2", [:], .words(title)),
      .list(node.ports.map(port), separator: "\n"))
  }

  private func port(_ port: DeviceTree.Port) -> HTML {
    let title =
      switch port.kind {
      case .root(let address): "root port \(address)"
      case .rootBus: "no root port"
      case .other(let name): name
      }
    return .element(
      "section", ["class": "port", "aria-label": title], .element("h3", [:], .words(title)),
      .element("div", ["class": "functions"], .list(cards(of: port.functions), separator: "\n")))
  }

  /// NPUs of one card or switch are framed together, where the first of them stands.
  private func cards(of functions: [DeviceTree.Function]) -> [HTML] {
    var parts: [(card: String?, functions: [DeviceTree.Function])] = []
    for function in functions {
      let card = (function.head ?? function.children.first)?.card
      if let card, let index = parts.firstIndex(where: { $0.card == card }) {
        parts[index].functions.append(function)
      } else {
        parts.append((card, [function]))
      }
    }
    return parts.map { card, functions in
      let content = HTML.list(functions.map(function), separator: "\n")
      guard let card else { return content }
      return .element(
        "section", ["class": "card", "aria-label": "card \(card)"], .element("h4", [:], .words("card \(card)")),
        .element("div", ["class": "functions"], content))
    }
  }

  private func function(_ function: DeviceTree.Function) -> HTML {
    let address = function.address.map { "\($0)" } ?? function.head?.device.id ?? ""
    let name = Self.name(of: function)
    var words: [String] = []
    if !name.isEmpty { words.append(address) }
    if let head = function.head {
      words.append(head.device.driver ?? "no driver")
      if let eid = head.device.unifiedBus?.eids.first { words.append("EID \(eid)") }
      if let functions = head.device.virtualFunctions { words.append("\(functions.enabled) of \(functions.total) VFs") }
    } else {
      words.append("this function is not among the devices")
    }
    if let counts = counts(of: function.children) { words.append(counts) }
    let headCell = function.head.map {
      cell($0, label: $0.isLoneNPU ? "NPU" : $0.kind == .function ? "" : $0.kind.name, isFirst: true)
    }
    let children = function.children.enumerated().map { index, child in
      cell(
        child, label: child.device.physicalFunction?.functionIndex.map { "\($0)" } ?? "", isFirst: index == 0
      ).html("li")
    }
    return .element(
      "article", ["class": children.isEmpty ? "function" : "function parent", "aria-label": "\(name) \(address)"],
      .element(
        "div", ["class": "head"], headCell?.html("div") ?? .empty,
        .element(
          "p", [:], .element("b", [:], .words(name.isEmpty ? address : name)),
          .element("small", [:], .words(words.joined(separator: " · "))),
          function.head?.model.map { .element("small", [:], .words($0)) } ?? .empty)),
      children.isEmpty
        ? .empty
        : .element(
          "ul", ["class": "children", "aria-label": "made from \(address)"], .list(children, separator: "\n")))
  }

  /// `3 used, 4 free, 1 in no pool`; nil when nothing is known of pods, or there is nothing to count.
  private func counts(of children: [DeviceRecord]) -> String? {
    guard survey.knowsPods, !survey.pools.isEmpty, !children.isEmpty else { return nil }
    let used = children.count { !$0.uses.isEmpty }
    let free = children.count { $0.uses.isEmpty && !$0.memberships.isEmpty }
    let rest = children.count - used - free
    return "\(used) used, \(free) free" + (rest > 0 ? ", \(rest) in no pool" : "")
  }

  private func cell(_ record: DeviceRecord, label: String, isFirst: Bool) -> DeviceCell {
    DeviceCell(record, label: label, isFirst: isFirst, pods: podsOfDevice[record.device.id] ?? [])
  }

  /// In mode switchdev a PF has its VFs' representors beside it: the uplink, which its VFs name, stands for it.
  private static func name(of function: DeviceTree.Function) -> String {
    let named = function.children.first?.device.physicalFunction?.name ?? ""
    guard let head = function.head else { return named }
    if head.device.interfaces.count > 1, !named.isEmpty { return named }
    return head.device.interfaces.isEmpty ? head.npuNode ?? "" : head.interfaceNames
  }

  private var warnings: HTML { Self.section("Warnings", survey.warnings.map(\.description)) }
  private var problems: HTML { Self.section("What could not be read", survey.problems.map(\.description)) }

  private static func section(_ title: String, _ lines: [String]) -> HTML {
    guard !lines.isEmpty else { return .empty }
    let items = lines.map { HTML.element("li", [:], .words($0)) }
    return .element(
      "section", ["class": "problems"], .element("h2", [:], .words(title)),
      .element("ul", [:], .list(items, separator: "\n")))
  }
}
