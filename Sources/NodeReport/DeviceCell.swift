import HostInventory
import ResourcePools

/// One device of the picture: a square in its pool's colour, with its facts for the pointer, the keyboard and readers.
struct DeviceCell {
  private let record: DeviceRecord
  /// A few characters in the square.
  private let label: String
  /// It is the first of its row: the tab key stops here, arrow keys go on.
  private let isFirst: Bool
  /// Numbers of the pods that have it, in the page's list.
  private let pods: [Int]

  init(_ record: DeviceRecord, label: String, isFirst: Bool, pods: [Int]) {
    self.pods = pods
    self.record = record
    self.label = label
    self.isFirst = isFirst
  }

  func html(_ name: StaticString) -> HTML {
    let rows = facts.map { fact in
      HTML.element(
        "div", [:], .element("dt", [:], .words(fact.name)), .element("dd", [:], .words(fact.value)))
    }
    return .element(
      name,
      ["class": look, "tabindex": isFirst ? "0" : "-1", "aria-label": spoken],
      .element("span", ["aria-hidden": "true"], .words(label)),
      .element(
        "dl", ["class": "facts"],
        .element(
          "div", ["class": "id"], .element("dt", [:], .words("device")), .element("dd", [:], .words(record.device.id))),
        .list(rows)))
  }

  /// What a screen reader says of the square; the facts follow when they are shown.
  private var spoken: String {
    var words = [record.device.id, record.kind.name, record.origin ?? ""]
    words += record.memberships.isEmpty ? ["in no pool"] : record.memberships.map(\.name)
    words += [health ?? ""] + record.uses.map(\.text)
    return words.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The claiming pool gives the colour; without one, the first that shares the device.
  private var look: String {
    let colour = record.memberships.first { $0.ownership == .claimed } ?? record.memberships.first
    var words = ["cell", colour.map { PageStyle.pool($0.pool) } ?? "free"]
    words += record.memberships.filter { $0 != colour }.map { "also m\($0.pool)" }
    if record.trouble != nil { words.append("sick") }
    if !record.uses.isEmpty { words.append("used") }
    words += pods.map { "p\($0)" }
    return words.joined(separator: " ")
  }

  private var facts: [(name: String, value: String)] {
    let device = record.device
    var facts: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append((name, value)) }
    }
    add("kind", record.kind.name)
    add("of", record.origin)
    add("pool", record.memberships.isEmpty ? "none" : record.memberships.map(\.name).joined(separator: ", "))
    add("health", health)
    add("pods", record.uses.map(\.text).joined(separator: ", "))
    add("model", record.model)
    if device.pciAddress != nil {
      add("vendor:device", "\(HexIdentifiers.text(device.vendor)):\(HexIdentifiers.text(device.product))")
    }
    add("driver", device.driver ?? "none")
    add("interface", device.interfaces.map(Self.interface).joined(separator: ", "))
    add("link type", device.linkType)
    add("RDMA", device.rdma.map(\.name).joined(separator: ", "))
    add("vDPA", device.vdpa.map(\.name).joined(separator: ", "))
    add("NUMA node", device.numaNode.map { "\($0)" })
    add("IOMMU group", device.iommuGroup.map { "\($0.number)\($0.isNoIOMMU ? " (no IOMMU)" : "")" })
    add("DDP profile", device.ddpProfile)
    add("node", record.npuNode)
    add("card", record.card)
    add("kernel devices", device.unifiedBus?.kernelDevices.joined(separator: ", "))
    add("EID", device.unifiedBus?.eids.joined(separator: ", "))
    return facts
  }

  private var health: String? {
    if let trouble = record.trouble { return record.health == nil ? trouble : "Unhealthy: \(trouble)" }
    return record.health.map { _ in "Healthy" }
  }

  private static func interface(_ interface: NetInterface) -> String {
    switch (interface.isUp, interface.hasCarrier) {
    case (false?, _): "\(interface.name) (down)"
    case (true?, false?): "\(interface.name) (up, no carrier)"
    case (true?, _): "\(interface.name) (up)"
    default: interface.name
    }
  }
}
