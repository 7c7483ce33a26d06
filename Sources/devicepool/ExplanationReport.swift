import HostInventory
import JSONText
import NodeReport
import ResourcePools

/// The report of `explain` about one device. The JSON form is stable: tools rely on it.
struct ExplanationReport {
  private let explanation: Explanation
  /// What the operator called the device.
  private let asked: String

  init(_ explanation: Explanation, asked: String) {
    self.explanation = explanation
    self.asked = asked
  }

  var text: String { ([heading] + explanation.entries.flatMap(Self.lines)).joined(separator: "\n") }

  private var heading: String {
    let device = explanation.device
    var facts = [device.id]
    if device.pciAddress != nil {
      facts.append("\(HexIdentifiers.text(device.vendor)):\(HexIdentifiers.text(device.product))")
    }
    facts.append(device.driver.map { "driver \($0)" } ?? "no driver")
    if let pf = device.physicalFunction {
      let number = pf.functionIndex.map { " number \($0)" } ?? ""
      let kind = if case .auxiliary = device.bus { "subfunction" } else { "VF" }
      facts.append("\(kind)\(number) of \(pf.name.isEmpty ? "\(pf.address)" : pf.name)")
    } else if let functions = device.virtualFunctions {
      facts.append("PF with \(functions.enabled) of \(functions.total) VFs")
    }
    if !device.interfaces.isEmpty {
      facts.append("interface \(device.interfaces.map(\.name).joined(separator: ", "))")
    }
    if let node = device.numaNode { facts.append("NUMA node \(node)") }
    if !device.linkType.isEmpty { facts.append("link \(device.linkType)") }
    return facts.joined(separator: ", ")
  }

  private static func lines(_ entry: Explanation.Entry) -> [String] {
    let title = "  \(entry.pool) (\(entry.path)): "
    switch entry.outcome {
    case .member(let selector): return [title + "selected by selectors[\(selector)]" + health(entry)]
    case .held(let reason): return [title + "kept for a pod; otherwise \(reason)" + health(entry)]
    case .claimed(let owner, let selector):
      return [title + "would take it by selectors[\(selector)], but it is already claimed by \(owner)"]
    case .foreign(let type, let reason): return [title + "holds devices of type \(type) only: \(reason)"]
    case .refused(let refusal, let objects): return [title + "rejects it: \(refusal)"] + lines(objects)
    case .elsewhere(let nodes): return [title + "applies only on nodes \(nodes.joined(separator: ", "))"]
    case .dropped(let objects):
      return [title + "does not select it"] + lines(objects)
    }
  }

  private static func lines(_ objects: [[Refusal]]) -> [String] {
    objects.enumerated().flatMap { number, refusals in refusals.map { "    selectors[\(number)]: \($0)" } }
  }

  private static func health(_ entry: Explanation.Entry) -> String {
    if case .unhealthy(let reason)? = entry.health { "; Unhealthy: \(reason)" } else { "" }
  }

  var json: JSONValue {
    [
      "asked": .string(asked), "id": .string(explanation.device.id), "facts": .string(heading),
      "pools": .array(explanation.entries.map(Self.json)),
    ]
  }

  private static func json(_ entry: Explanation.Entry) -> JSONValue {
    var fields: [JSONValue.Field] = [
      .init("pool", .string("\(entry.pool)")), .init("path", .string("\(entry.path)")),
    ]
    func add(_ key: String, _ value: JSONValue) { fields.append(.init(key, value)) }
    if case .unhealthy(let reason)? = entry.health { add("unhealthy", .string(reason)) }
    switch entry.outcome {
    case .member(let selector):
      add("outcome", "member")
      add("selector", .int(selector))
    case .held(let reason):
      add("outcome", "held")
      add("reason", .string(reason))
    case .claimed(let owner, let selector):
      add("outcome", "claimed")
      add("selector", .int(selector))
      add("claimedBy", .string("\(owner)"))
    case .foreign(_, let reason):
      add("outcome", "foreign")
      add("reason", .string(reason))
    case .refused(let refusal, let objects):
      add("outcome", "rejected")
      add("stages", .array([json(refusal, selector: nil)] + json(objects)))
    case .elsewhere(let nodes):
      add("outcome", "elsewhere")
      add("reason", .string("applies only on nodes \(nodes.joined(separator: ", "))"))
    case .dropped(let objects):
      add("outcome", "dropped")
      add("stages", .array(json(objects)))
    }
    return .object(fields)
  }

  private static func json(_ objects: [[Refusal]]) -> [JSONValue] {
    objects.enumerated().flatMap { number, refusals in refusals.map { json($0, selector: number) } }
  }

  private static func json(_ refusal: Refusal, selector: Int?) -> JSONValue {
    var fields: [JSONValue.Field] = []
    if let selector { fields.append(.init("selector", .int(selector))) }
    fields += [
      .init("stage", .string(refusal.stage)), .init("seen", .string(refusal.seen)),
      .init("wanted", .strings(refusal.wanted)),
    ]
    if let advice = refusal.advice { fields.append(.init("advice", .string(advice))) }
    return .object(fields)
  }
}
