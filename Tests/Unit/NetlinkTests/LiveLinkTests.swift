import Glibc
import Linux
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
    let (none, other, one, two, six, indexes) = try await OwnNamespace.run {
      let netlink = try RouteNetlink.open(limit: .seconds(5))
      for (name, address) in [("va", "192.0.2.1/24"), ("vc", "198.51.100.1/24")] {
        try OwnNamespace.ip("link add \(name) type veth peer name \(name)peer")
        try OwnNamespace.ip("link set \(name) up")
        try OwnNamespace.ip("link set \(name)peer up")
        try OwnNamespace.ip("addr add \(address) dev \(name)")
      }
      try OwnNamespace.ip("route add default via 192.0.2.9 table 77")
      let none = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("rule add from 192.0.2.0/24 lookup 77")
      let other = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("rule del from 192.0.2.0/24 lookup 77")
      try OwnNamespace.ip("route add default via 192.0.2.9")
      let one = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("route replace default nexthop via 192.0.2.9 nexthop via 198.51.100.9")
      let two = try netlink.defaultRouteLinks()
      try OwnNamespace.ip("route flush table main")
      try OwnNamespace.ip("-6 route add default via fe80::9 dev vc")
      let six = try netlink.defaultRouteLinks()
      let links = try netlink.links()
      return (none, other, one, two, six, ["va", "vc"].compactMap { name in links.first { $0.name == name }?.index })
    }
    #expect(none == [])
    #expect(other == [indexes[0]])
    #expect(six == [indexes[1]])
    #expect(one == [indexes[0]])
    #expect(two == Set(indexes))
  }

  @Test func `a bridge's port and a VLAN name what they belong to`() async throws {
    let links = try await OwnNamespace.run {
      try OwnNamespace.ip("link add br0 type bridge")
      try OwnNamespace.ip("link add va type veth peer name vb")
      try OwnNamespace.ip("link set va master br0")
      try OwnNamespace.ip("link add link vb name m0 type macvlan")
      return try RouteNetlink.open(limit: .seconds(5)).links()
    }
    let byName = Dictionary(links.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    #expect(byName["br0"]?.kind == "bridge" && byName["va"]?.master == byName["br0"]?.index)
    #expect(byName["m0"]?.kind == "macvlan" && byName["m0"]?.lower == byName["vb"]?.index)
    #expect(byName["va"]?.lower == byName["vb"]?.index)
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
    await #expect(throws: NetlinkError.refused(request: "RTM_NEWLINK", Errno(ENODEV), detail: nil)) {
      try await OwnNamespace.run { try RouteNetlink.open(limit: .seconds(5)).setUp(linkIndex: 4242) }
    }
  }

  @Test func `events tell of up, carrier, rename, move and removal`() async throws {
    try await OwnNamespace.run {
      try OwnNamespace.ip("link add vb type veth peer name vbpeer")
      let source = try LinkEvents()
      try OwnNamespace.ip("link add va type veth peer name vapeer")
      let links = try RouteNetlink.open(limit: .seconds(5)).links()
      guard let index = links.first(where: { $0.name == "va" })?.index else {
        throw OwnNamespace.Failure(text: "no link va among \(links)")
      }
      // Each step waits for its event: the kernel tells of a carrier up to a second later, and of the last state only.
      func expect(_ fact: (LinkEvent) -> Bool, after command: String, _ at: SourceLocation = #_sourceLocation) throws {
        try OwnNamespace.ip(command)
        let events = try source.gather { $0.contains(where: fact) }
        let isTold = events.contains(where: fact)
        #expect(isTold, "\(command): \(events)", sourceLocation: at)
        #expect(!events.contains(.resync), sourceLocation: at)
      }
      try expect({ $0.is(index) { $0.isUp && !$0.hasCarrier } }, after: "link set va up")
      try expect({ $0.is(index) { $0.hasCarrier && $0.state == .up } }, after: "link set vapeer up")
      try expect({ $0.is(index) { $0.isUp && !$0.hasCarrier && $0.state != .up } }, after: "link set vapeer down")
      try expect({ $0.is(index) { !$0.isUp } }, after: "link set va down")
      try expect({ $0.is(index) { $0.name == "renamed" } }, after: "link set va name renamed")
      try OwnNamespace.withAnother {
        try expect({ $0 == .removed(index: index, name: "renamed") }, after: "link set renamed netns \($0)")
      }
      try expect({ if case .removed(_, "vb") = $0 { true } else { false } }, after: "link del vb")
    }
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

  fileprivate func `is`(_ index: Int, _ fact: (LinkFact) -> Bool) -> Bool {
    link.map { $0.index == index && fact($0) } ?? false
  }
}

extension LinkEvents {
  /// What comes until it is enough, or for ten seconds.
  fileprivate func gather(until isEnough: ([LinkEvent]) -> Bool) throws -> [LinkEvent] {
    let deadline = ContinuousClock.now + .seconds(10)
    var events = try nextBatch()
    while !isEnough(events), ContinuousClock.now < deadline {
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&watched, 1, 100)
      events += try nextBatch()
    }
    return events
  }
}
