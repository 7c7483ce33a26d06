import TestSupport
import Testing

@testable import HostInventory

/// Which NICs carry the default route, below whatever is above them.
@Suite struct UplinksTests {
  private func routeLinks(_ routes: String..., links: String) throws -> [String: String] {
    var kernel = try MachineFile(parsing: "machine m\n" + links).kernel
    kernel.defaultRouteLinks = Set(routes)
    return Uplinks(kernel).routeLinks
  }

  private func link(_ name: String, _ words: String = "") -> String {
    "fact link \(name) index=1 type=ether \(words)\n"
  }

  @Test func aVLANOnABondOfABridge() throws {
    let links =
      link("eth0", "master=bond0") + link("eth1", "master=bond0") + link("bond0", "kind=bond")
      + link("bond0.7", "master=br0 lower=bond0 kind=vlan") + link("br0", "kind=bridge") + link("eth2")
    let found = try routeLinks("br0", links: links)
    #expect(Set(found.keys) == ["br0", "bond0.7", "bond0", "eth0", "eth1"])
    #expect(found["eth1"] == "br0")
  }

  @Test(arguments: ["macvlan", "ipvlan", "macsec", "vxlan"]) func aLinkMadeOnAnother(kind: String) throws {
    let found = try routeLinks("m0", links: link("eth0") + link("m0", "lower=eth0 kind=\(kind)") + link("eth1"))
    #expect(found == ["m0": "m0", "eth0": "m0"])
  }

  /// As in a machine file that only names the links.
  @Test func aRouteOfWhichNothingIsTold() throws {
    func untraced(_ links: String, _ route: String, on name: String) throws -> [String] {
      let tree = try MachineTree(named: name)
      var kernel = try MachineFile(parsing: "machine m\n" + links).kernel
      kernel.defaultRouteLinks = [route]
      return kernel.untracedRoutes(on: tree.read().0)
    }
    let port = "ens1f0np0"
    #expect(try untraced(link("br0") + link(port), "br0", on: "uplink-below-bond") == ["br0"])
    #expect(try untraced(link("br0") + link(port, "master=br0"), "br0", on: "uplink-below-bond") == [])
    #expect(try untraced(link(port), port, on: "uplink-below-bond") == [])
  }

  /// An internal port has no master; the ports of the datapath have it.
  @Test func anOVSBridge() throws {
    let links =
      link("ovs-system", "kind=openvswitch") + link("br-ex", "kind=openvswitch") + link("eth0", "master=ovs-system")
      + link("eth1")
    #expect(Set(try routeLinks("br-ex", links: links).keys) == ["br-ex", "eth0"])
  }

  @Test func theVFOfANetvsc() throws {
    #expect(try routeLinks("eth0", links: link("eth0") + link("enP1", "master=eth0"))["enP1"] == "eth0")
  }

  @Test func aPairOfVethsBetweenTwoBridges() throws {
    let links =
      link("br0", "kind=bridge") + link("v0", "master=br0 lower=v1 kind=veth")
      + link("v1", "master=br1 lower=v0 kind=veth")
      + link("br1", "kind=bridge") + link("eth0", "master=br1") + link("eth1")
    #expect(Set(try routeLinks("br0", links: links).keys) == ["br0", "v0", "v1", "br1", "eth0"])
  }

  @Test func severalRoutesAndNone() throws {
    let links = link("a") + link("b") + link("c")
    #expect(try routeLinks("a", "b", links: links) == ["a": "a", "b": "b"])
    #expect(try routeLinks(links: links) == [:])
    #expect(try routeLinks("gone", links: links) == ["gone": "gone"])
  }
}
