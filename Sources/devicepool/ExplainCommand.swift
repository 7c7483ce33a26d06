import Agent
import HostInventory
import ResourcePools

extension Subcommand {
  /// `explain DEVICE`: for each pool, what took the device or keeps it out.
  static let explain = Subcommand(
    name: "explain", summary: "for each pool, what takes a device or keeps it out", operands: "DEVICE…",
    flags: FlagSet(planning),
    details: """
      One block a device, one line a pool and selector object: the stage that took or dropped it, the value seen and the
      values wanted, and who claimed it first.

      exit codes: 0 done, 1 the configuration can't be used or the host has no such device, 2 wrong usage,
      3 the host or the machine file can't be read
      example: devicepool explain -machine node7.tree -config-file new.json 0000:3b:02.0
      """
  ) { values in
    guard !values.rest.isEmpty else {
      Console.complain("devicepool explain: name a device, such as 0000:3b:02.0")
      return 2
    }
    return await rehearse(values) { rehearsal in
      var code: Int32 = 0
      for id in values.rest {
        if let explanation = rehearsal.partition.explanation(of: id) {
          Console.print(explanation.text)
        } else {
          Console.complain("error: this host has no network, accelerator or UB device \(id)")
          code = 1
        }
      }
      return code
    }
  }
}

extension Explanation {
  fileprivate var text: String {
    ([heading] + entries.flatMap(\.lines)).joined(separator: "\n")
  }

  private var heading: String {
    var facts = [device.id]
    if device.pciAddress != nil { facts.append("\(hex(device.vendor)):\(hex(device.product))") }
    facts.append(device.driver.map { "driver \($0)" } ?? "no driver")
    if let pf = device.physicalFunction {
      let number = pf.functionIndex.map { " number \($0)" } ?? ""
      facts.append("VF\(number) of \(pf.name.isEmpty ? "\(pf.address)" : pf.name)")
    }
    if let node = device.numaNode { facts.append("NUMA node \(node)") }
    if !device.linkType.isEmpty { facts.append("link \(device.linkType)") }
    return facts.joined(separator: ", ")
  }

  private func hex(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension Explanation.Entry {
  fileprivate var lines: [String] {
    let title = "  \(pool) (\(path)): "
    switch outcome {
    case .member(let selector): return [title + "has it, by selectors[\(selector)]"]
    case .held(let reason): return [title + "keeps it for a pod; otherwise \(reason)"]
    case .claimed(let owner, let selector):
      return [title + "would take it by selectors[\(selector)], but \(owner) has it first"]
    case .foreign(let type): return [title + "holds devices of type \(type) only"]
    case .refused(let refusal): return [title + "can't offer it: \(refusal)"]
    case .elsewhere(let nodes): return [title + "applies only on nodes \(nodes.joined(separator: ", "))"]
    case .dropped(let refusals):
      return [title + "does not select it"] + refusals.enumerated().map { "    selectors[\($0)]: \($1)" }
    }
  }
}
