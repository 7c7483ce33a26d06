/// Which links carry the node's default route, directly or below another link.
///
/// A default route often leaves by a bond, a bridge or a VLAN; the NIC is found below it.
struct Uplinks {
  /// By link name: the link by which the default route leaves.
  private(set) var routeLinks: [String: String] = [:]

  init(_ kernel: KernelFacts) {
    guard !kernel.defaultRouteLinks.isEmpty else { return }
    let links = kernel.links ?? [:]
    var ports: [String: [String]] = [:]
    for (name, link) in links { if let master = link.master { ports[master, default: []].append(name) } }
    for route in kernel.defaultRouteLinks.sorted() {
      var pending = [route]
      while let name = pending.popLast() {
        guard routeLinks[name] == nil else { continue }
        routeLinks[name] = route
        pending += ports[name] ?? []
        guard let link = links[name] else { continue }
        if let lower = link.lower { pending.append(lower) }
        // The other end of a pair of veths may be a port of the bridge that has the NIC.
        if link.kind == "veth", let master = link.master { pending.append(master) }
        // The kernel does not tell which ports of a datapath form one OVS bridge, so all of them count.
        if link.kind == Self.datapath {
          pending += links.filter { $0.value.kind == Self.datapath }.flatMap { ports[$0.key] ?? [] }
        }
      }
    }
  }

  /// The kind of an OVS datapath and of its internal ports. An internal port has no master.
  private static let datapath = "openvswitch"
}
