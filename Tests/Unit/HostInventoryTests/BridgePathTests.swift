import Testing

@testable import HostInventory

/// Which bridges a function's resolved path names.
@Suite struct BridgePathTests {
  private func above(_ target: String) -> [String] {
    Array(target.utf8).withUnsafeBytes { BridgePath.bridges(above: $0) }.map(\.description)
  }

  @Test func neighboursShareTheirs() {
    let bus = "../../../devices/pci0000:3a/0000:3a:00.0/"
    #expect(above("\(bus)0000:3b:00.0") == ["0000:3a:00.0"])
    #expect(above("\(bus)0000:3b:00.1") == ["0000:3a:00.0"])
    #expect(above("../../../devices/pci0000:3a/0000:3a:01.0/0000:3b:00.1") == ["0000:3a:01.0"])
    #expect(above("../../../devices/pci0000:00/0000:00:1f.6") == [])
  }

  @Test func onlyWhatFollowsTheLastHostBridgeCounts() {
    let volume = "../../../devices/pci0000:e2/0000:e2:00.5/pci10000:e0/10000:e0:02.0"
    #expect(above("\(volume)/10000:e1:00.0") == ["10000:e0:02.0"])
    #expect(above("\(volume)") == [])
  }

  @Test func whatIsNoPathHasNone() {
    #expect(above("") == [])
    #expect(above("0000:3b:00.0") == [])
    #expect(above("nowhere/") == [])
  }

  @Test(arguments: [
    ("../../../devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0", "pci0000:3a"),
    ("../../../devices/pci0000:e2/0000:e2:00.5/pci10000:e0/10000:e0:02.0/10000:e1:00.0", "pci0000:e2"),
  ])
  func theRootIsTheHostsBridge(_ target: String, _ root: String) {
    #expect(Array(target.utf8).withUnsafeBytes { BridgePath.root(of: $0) } == root)
  }

  @Test func whatIsNoPathHasNoRoot() {
    #expect(Array("0000:3b:00.0".utf8).withUnsafeBytes { BridgePath.root(of: $0) } == nil)
  }
}
