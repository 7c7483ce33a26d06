import HostInventory
import Netlink

/// Asks the kernel for the facts that are not in files, and reports which are unavailable.
///
/// Each question fails alone: without devlink a PF's name comes from sysfs, without links no device is dropped for one
/// that is missing.
struct KernelFactsReader {
  let wants: RequiredFacts
  private(set) var facts = KernelFacts()
  private(set) var problems: [InventoryProblem] = []

  /// For one netlink question; the kernel answers in milliseconds.
  private static let limit = Duration.seconds(5)

  init(wants: RequiredFacts) { self.wants = wants }

  /// On the netlink thread: it blocks.
  mutating func read() {
    ask("rtnetlink") { facts, wants throws(NetlinkError) in
      let route = try RouteNetlink.open(limit: Self.limit)
      let links = try route.links()
      facts.links = Self.byName(links)
      guard wants.defaultRoute else { return }
      let leaving = try route.defaultRouteLinks(vrfTables: Set(links.compactMap(\.vrfTable)))
      facts.defaultRouteLinks = Set(links.filter { leaving.contains($0.index) }.map(\.name))
    }
    readDevlink()
    if wants.vdpa {
      ask("vdpa") { facts, _ throws(NetlinkError) in
        facts.vdpa =
          try VDPA.devices(limit: Self.limit)?.map {
            KernelFacts.VDPALink(name: $0.name, bus: $0.parentBus, parent: $0.parent)
          } ?? []
      }
    }
    if wants.rdma {
      ask("rdma") { facts, _ throws(NetlinkError) in
        facts.rdmaNamespaceMode = try Netlink.RDMANamespaceMode.read(limit: Self.limit)
          .flatMap { KernelFacts.RDMANamespaceMode(rawValue: $0.rawValue) }
      }
    }
  }

  private mutating func readDevlink() {
    var answers: (facts: [DevlinkFact], failures: [(device: DevlinkDevice, error: NetlinkError)]) = ([], [])
    ask("devlink") { facts, wants throws(NetlinkError) in
      guard let devlink = try Devlink.open(limit: Self.limit) else { return }
      answers = devlink.facts(of: try devlink.devices()) { Self.questions(about: $0, wants) }
      let refused = answers.failures.filter { $0.error.isRefusedPermission }.map(\.device)
      guard !refused.isEmpty else { return }
      // Only the eswitch needs CAP_NET_ADMIN.
      facts.eswitchModesAreHidden = true
      let again = devlink.facts(of: refused) { Self.questions(about: $0, wants).subtracting(.eswitchMode) }
      answers.facts += again.facts
      answers.failures = answers.failures.filter { !$0.error.isRefusedPermission } + again.failures
    }
    for fact in answers.facts { Self.add(fact, to: &facts) }
    problems += answers.failures.map { failure in
      InventoryProblem(
        path: "netlink:devlink/\(failure.device.bus)/\(failure.device.name)", reason: "\(failure.error)")
    }
  }

  /// PCI functions and subfunctions; the latter have neither switch nor firmware of their own.
  static func questions(about device: DevlinkDevice, _ wants: RequiredFacts) -> Devlink.Questions {
    let rdma: Devlink.Questions = wants.rdma ? .enableRDMA : []
    switch device.bus {
    case "pci": return rdma.union(.eswitchMode).union(wants.ddpProfiles ? .firmwareAppName : [])
    case "auxiliary": return rdma
    default: return []
    }
  }

  static func add(_ fact: DevlinkFact, to facts: inout KernelFacts) {
    let known = KernelFacts.Devlink(
      eswitchMode: fact.eswitchMode, enableRDMA: fact.enableRDMA, firmwareAppName: fact.firmwareAppName)
    if fact.device.bus == "auxiliary" {
      facts.auxiliaryDevlink[fact.device.name] = known
    } else if let address = PCIAddress(fact.device.name) {
      facts.devlink[address] = known
    }
  }

  private mutating func ask(
    _ name: String, _ question: (inout KernelFacts, RequiredFacts) throws(NetlinkError) -> Void
  ) {
    do throws(NetlinkError) {
      try question(&facts, wants)
    } catch {
      problems.append(InventoryProblem(path: "netlink:\(name)", reason: "\(error)"))
    }
  }

  static func byName(_ links: [LinkFact]) -> [String: KernelFacts.Link] {
    var byName: [String: KernelFacts.Link] = [:]
    let names = Dictionary(links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    for link in links {
      let fact = KernelFacts.Link(
        index: link.index, type: link.type, isUp: link.isUp, hasCarrier: link.hasCarrier,
        master: link.master.flatMap { names[$0] }, lower: link.lower.flatMap { names[$0] }, kind: link.kind)
      for name in [link.name] + link.alternativeNames { byName[name] = fact }
    }
    return byName
  }
}
