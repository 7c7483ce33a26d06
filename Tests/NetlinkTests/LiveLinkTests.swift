import Glibc
import Netlink
import Testing

/// The kernel's own answers, in network namespaces made for each test.
@Suite(.enabled(if: OwnNamespace.obstacle == nil, "\(OwnNamespace.obstacle ?? "")"))
struct LiveLinkTests {
  @Test func `a dump shows names, types and states`() async throws {
    let links = try await OwnNamespace.run {
      try OwnNamespace.ip("link add va type veth peer name vb")
      try OwnNamespace.ip("link property add dev va altname a-name-longer-than-fifteen")
      try OwnNamespace.ip("link set va up")
      return try RouteNetlink.open(limit: .seconds(5)).links()
    }
    let loopback = try #require(links.first { $0.name == "lo" })
    #expect(loopback.type == "loopback" && !loopback.isUp && loopback.index == 1)
    let a = try #require(links.first { $0.name == "va" })
    #expect(a.type == "ether" && a.isUp && !a.hasCarrier && a.state == .lowerLayerDown)
    #expect(a.alternativeNames == ["a-name-longer-than-fifteen"])
    let b = try #require(links.first { $0.name == "vb" })
    #expect(!b.isUp && b.state == .down)
  }

  @Test func `default routes name their links, over one hop and over two`() async throws {
    let (none, one, two, indexes) = try await OwnNamespace.run {
      let netlink = try RouteNetlink.open(limit: .seconds(5))
      for (name, address) in [("va", "192.0.2.1/24"), ("vc", "198.51.100.1/24")] {
        try OwnNamespace.ip("link add \(name) type veth peer name \(name)peer")
        try OwnNamespace.ip("link set \(name) up")
        try OwnNamespace.ip("link set \(name)peer up")
        try OwnNamespace.ip("addr add \(address) dev \(name)")
      }
      try OwnNamespace.ip("route add default via 192.0.2.9 table 77")
      let none = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("route add default via 192.0.2.9")
      let one = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("route replace default nexthop via 192.0.2.9 nexthop via 198.51.100.9")
      let two = try netlink.defaultRouteLinks()
      let links = try netlink.links()
      return (none, one, two, ["va", "vc"].compactMap { name in links.first { $0.name == name }?.index })
    }
    #expect(none == [])
    #expect(one == [indexes[0]])
    #expect(two == Set(indexes))
  }

  @Test func `a link is set up by its index`() async throws {
    let states = try await OwnNamespace.run {
      let netlink = try RouteNetlink.open(limit: .seconds(5))
      let before = try netlink.links().first { $0.name == "lo" }?.isUp
      try netlink.setUp(linkIndex: 1)
      try netlink.setUp(linkIndex: 1)
      return [before, try netlink.links().first { $0.name == "lo" }?.isUp]
    }
    #expect(states == [false, true])
  }

  @Test func `setting up a link that is not there is refused by name`() async throws {
    await #expect(throws: NetlinkError.refused(request: "RTM_NEWLINK", ErrorNumber(ENODEV), detail: nil)) {
      try await OwnNamespace.run { try RouteNetlink.open(limit: .seconds(5)).setUp(linkIndex: 4242) }
    }
  }

  @Test func `events tell of up, carrier, rename, move and removal`() async throws {
    let events = try await OwnNamespace.run {
      try OwnNamespace.ip("link add vb type veth peer name vbpeer")
      let source = try LinkEvents()
      try OwnNamespace.ip("link add va type veth peer name vapeer")
      try OwnNamespace.ip("link set va up")
      try OwnNamespace.ip("link set vapeer up")
      try OwnNamespace.ip("link set vapeer down")
      try OwnNamespace.ip("link set va down")
      try OwnNamespace.ip("link set va name renamed")
      try OwnNamespace.withAnother { try OwnNamespace.ip("link set renamed netns \($0)") }
      try OwnNamespace.ip("link del vb")
      return try source.nextBatch()
    }
    let index = try #require(events.index(ofFirst: "va"))
    #expect(events.contains { $0.link?.index == index && $0.link?.isUp == true && $0.link?.hasCarrier == false })
    #expect(events.contains { $0.link?.index == index && $0.link?.hasCarrier == true && $0.link?.state == .up })
    #expect(events.contains { $0.link?.index == index && $0.link?.name == "renamed" && $0.link?.isUp == false })
    #expect(events.contains(.removed(index: index, name: "renamed")))
    #expect(events.contains { if case .removed(_, "vb") = $0 { true } else { false } })
    #expect(!events.contains(.resync))
  }

  @Test func `leaving a bridge is not a removal`() async throws {
    let events = try await OwnNamespace.run {
      try OwnNamespace.ip("link add va type veth peer name vapeer")
      try OwnNamespace.ip("link add name bridge0 type bridge")
      try OwnNamespace.ip("link set va master bridge0")
      let source = try LinkEvents()
      try OwnNamespace.ip("link set va nomaster")
      return try source.nextBatch()
    }
    #expect(!events.isEmpty)
    #expect(events.allSatisfy { $0.link != nil })
  }

  @Test func `an overrun socket says resync`() async throws {
    let events = try await OwnNamespace.run {
      try OwnNamespace.ip("link add va type veth peer name vapeer")
      let source = try LinkEvents()
      var small: Int32 = 2048
      setsockopt(source.descriptor, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
      for _ in 0..<4 {
        try OwnNamespace.ip("link set va up")
        try OwnNamespace.ip("link set va down")
      }
      return try source.nextBatch()
    }
    #expect(events.contains(.resync))
  }

  @Test func `uevents of netdevs come in their own namespace`() async throws {
    let events = try await OwnNamespace.run {
      let source = try KernelEvents()
      try OwnNamespace.ip("link add va type veth peer name vapeer")
      try OwnNamespace.ip("link del va")
      return try source.nextBatch()
    }
    let uevents = events.compactMap { if case .uevent(let uevent) = $0 { uevent } else { nil } }
      .filter { $0.interface == "va" }
    #expect(uevents.map(\.action).first == .add && uevents.map(\.action).last == .remove)
    #expect(uevents.allSatisfy { $0.subsystem == "net" && $0.devicePath == "/devices/virtual/net/va" })
  }
}

extension LinkEvent {
  fileprivate var link: LinkFact? {
    if case .changed(let link) = self { link } else { nil }
  }
}

extension [LinkEvent] {
  fileprivate func index(ofFirst name: String) -> Int? {
    lazy.compactMap(\.link).first { $0.name == name }?.index
  }
}
