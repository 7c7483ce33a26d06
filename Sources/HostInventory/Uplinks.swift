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

extension KernelFacts {
  /// Lists interfaces with a default route for which no device is known: none of `inventory` has such an interface, and
  /// no interface is known to be below it.
  ///
  /// A machine file without `master` and `lower` has them. An interface named like a device's own belongs to a device
  /// that the file leaves out, and is not listed.
  public func untracedRoutes(on inventory: Inventory) -> [String] {
    let interfaces = Set(inventory.devices.flatMap(\.interfaces).map(\.name))
    return defaultRouteLinks.sorted().filter { route in
      var alone = self
      alone.defaultRouteLinks = [route]
      return Uplinks(alone).routeLinks.count == 1 && !interfaces.contains(route) && !Self.isDevicesOwn(route)
    }
  }

  /// As the kernel and systemd's "predictable network interface names" begin: `eth0`, `enp3s0`, `ibp5s0`, `wlan0`.
  private static func isDevicesOwn(_ name: String) -> Bool {
    ["eth", "en", "ib", "wl", "ww"].contains(where: name.hasPrefix) && !name.contains(".")
  }
}
