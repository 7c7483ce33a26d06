@testable import Netlink

extension FuzzTarget {
  private static let limit = Duration.seconds(60)

  /// Answers and events of rtnetlink: links and routes.
  static let linkNetlink = FuzzTarget("link-netlink") { bytes in
    var input = FuzzInput(bytes)
    let question = input.choice(of: 3)
    if question == 2 {
      let datagram = NetlinkDatagram(bytes: Array(input.rest), sender: 0, groups: 1)
      for case .changed(let link) in (try? LinkEvents.events(datagram)) ?? [] { try check(link) }
      return
    }
    let route = RouteNetlink(PlayedSocket(input), limit: limit)
    if question == 0 {
      for link in (try? route.links()) ?? [] { try check(link) }
    } else {
      _ = try? route.defaultRouteLinks()
    }
  }

  private static func check(_ link: LinkFact) throws(Finding) {
    for name in [link.name] + link.alternativeNames {
      try Finding.unless(!name.utf8.contains(0), "a link called '\(name)'")
    }
    try Finding.unless(!link.type.isEmpty, "a link without a type")
  }

  /// Answers of devlink, vdpa, RDMA and UB core, and of the controller that knows their numbers.
  static let genericNetlink = FuzzTarget("generic-netlink") { bytes in
    var input = FuzzInput(bytes)
    let question = input.choice(of: 4)
    let socket = PlayedSocket(input)
    switch question {
    case 0:
      guard let devlink = try? Devlink(socket, limit: limit) else { return }
      for device in (try? devlink.devices()) ?? [] {
        _ = try? devlink.fact(of: device, asking: [.eswitchMode, .enableRDMA, .firmwareAppName])
      }
    case 1: _ = try? VDPA.devices(on: socket, limit: limit)
    case 2: _ = try? RDMANamespaceMode.read(on: socket, limit: limit)
    default:
      guard let here = try? NetworkNamespace(path: "/proc/self/ns/net") else { return }
      let devices = ["udma1", "udma2", "bonding_dev_1"]
      do throws(MoveError) {
        try NamespaceMover(socket, limit: limit).move(devices, to: here, home: here, before: .now + limit)
      } catch {
        try Finding.unless(Set(error.stranded).isSubset(of: devices), "stranded: \(error.stranded)")
        return
      }
      try Finding.unless(socket.acknowledged >= devices.count, "moved without the kernel's word")
    }
  }

  /// The kernel's word about a device.
  static let uevents = FuzzTarget("uevents") { bytes in
    let datagram = NetlinkDatagram(bytes: bytes, sender: 0, groups: 1)
    for case .uevent(let event) in try KernelEvents.events(datagram) {
      try Finding.unless(event.properties["DEVPATH"] == event.devicePath, "another path: \(event.devicePath)")
    }
    for (sender, group) in [(UInt32(1), UInt32(1)), (0, 2)] {
      let forged = NetlinkDatagram(bytes: bytes, sender: sender, groups: group)
      try Finding.unless(KernelEvents.events(forged).isEmpty, "an event of port \(sender), group \(group)")
    }
  }
}
