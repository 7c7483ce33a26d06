import HostInventory
import Netlink

/// Asks the kernel for the facts that no file tells, and says which could not be had.
///
/// Each question fails alone: without devlink a PF's name comes from sysfs, without links no device is dropped for one
/// that is missing.
struct KernelFactsReader {
  let wants: FactWants
  private(set) var facts = KernelFacts()
  private(set) var problems: [InventoryProblem] = []

  /// For one netlink question; the kernel answers in milliseconds.
  private static let limit = Duration.seconds(5)

  init(wants: FactWants) { self.wants = wants }

  /// On the netlink thread: it blocks.
  mutating func read() {
    ask("rtnetlink") { facts, wants throws(NetlinkError) in
      let route = try RouteNetlink.open(limit: Self.limit)
      let links = try route.links()
      facts.links = Self.byName(links)
      guard wants.defaultRoute else { return }
      let leaving = try route.defaultRouteLinks()
      facts.defaultRouteLinks = Set(links.filter { leaving.contains($0.index) }.map(\.name))
    }
    ask("devlink") { facts, wants throws(NetlinkError) in
      guard let devlink = try Devlink.open(limit: Self.limit) else { return }
      var questions: Devlink.Questions = .eswitchMode
      if wants.rdma { questions.insert(.enableRDMA) }
      if wants.ddpProfiles { questions.insert(.firmwareAppName) }
      for device in try devlink.devices() where device.bus == "pci" {
        guard let address = PCIAddress(device.name) else { continue }
        do throws(NetlinkError) {
          facts.devlink[address] = try Self.fact(of: device, asking: questions, devlink)
        } catch {
          guard error.isRefusedPermission, questions.remove(.eswitchMode) != nil else { throw error }
          facts.eswitchModesAreHidden = true
          facts.devlink[address] = try Self.fact(of: device, asking: questions, devlink)
        }
      }
    }
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

  private mutating func ask(
    _ name: String, _ question: (inout KernelFacts, FactWants) throws(NetlinkError) -> Void
  ) {
    do throws(NetlinkError) {
      try question(&facts, wants)
    } catch {
      problems.append(InventoryProblem(path: "netlink:\(name)", reason: "\(error)"))
    }
  }

  private static func fact(
    of device: DevlinkDevice, asking questions: Devlink.Questions, _ devlink: borrowing Devlink
  ) throws(NetlinkError) -> KernelFacts.Devlink? {
    try devlink.fact(of: device, asking: questions).map {
      KernelFacts.Devlink(eswitchMode: $0.eswitchMode, enableRDMA: $0.enableRDMA, firmwareAppName: $0.firmwareAppName)
    }
  }

  static func byName(_ links: [LinkFact]) -> [String: KernelFacts.Link] {
    var byName: [String: KernelFacts.Link] = [:]
    for link in links {
      let fact = KernelFacts.Link(index: link.index, type: link.type, isUp: link.isUp, hasCarrier: link.hasCarrier)
      for name in [link.name] + link.alternativeNames { byName[name] = fact }
    }
    return byName
  }
}
