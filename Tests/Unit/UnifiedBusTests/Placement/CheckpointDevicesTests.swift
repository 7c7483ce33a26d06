import KubeletState
import TestSupport
import Testing

@testable import UnifiedBus

@Suite("UB devices of kubelet's checkpoint")
struct CheckpointDevicesTests {
  private func file(_ name: String) throws -> KubeletCheckpoint {
    try KubeletCheckpoint(
      decoding: Array(Fixture.text("KubeletCheckpoint/\(name).json").utf8), path: "checkpoint")
  }

  @Test("both formats tell the same", arguments: ["kubernetes-1.19", "kubernetes-1.29"])
  func formats(name: String) throws {
    let names = try file(name).entries.map { try $0.devices().map(\.kernelName) }
    #expect(names == [["udma1", "udma31", "bonding_dev_1"], [], ["udma2", "udma32", "bonding_dev_2"]])
  }

  @Test("an entry without an answer has none")
  func nulls() throws {
    #expect(try file("null-members").entries.map { try $0.devices() } == [[], []])
  }

  @Test("an answer that is cut short gives an error or fewer devices, never others", arguments: [0, 2])
  func truncatedAnswer(index: Int) throws {
    let entry = try file("kubernetes-1.29").entries[index]
    let whole = try entry.devices()
    for count in 0..<entry.allocation.count {
      var cut = entry
      cut.allocation = Array(entry.allocation.prefix(count))
      guard let devices = try? cut.devices() else { continue }
      #expect(Set(devices).isStrictSubset(of: whole) || (devices == whole && count > entry.allocation.count - 40))
    }
  }

  @Test("a node outside /dev/uburma in the answer is not a device to move; a harmful one inside is refused")
  func hostileNodes() throws {
    func entry(_ path: String) -> KubeletCheckpoint.Entry {
      let text = Array(path.utf8)
      let node = [0x12, UInt8(text.count)] + text
      return .init(podUID: "u", container: "c", resource: "r", ids: [], allocation: [0x1A, UInt8(node.count)] + node)
    }
    #expect(try entry("/dev/uburma/udma1").devices().map(\.kernelName) == ["udma1"])
    #expect(try entry("/dev/infiniband/uverbs0").devices().isEmpty)
    #expect(throws: UnifiedBusError.self) { try entry("/dev/uburma/../mem").devices() }
    #expect(throws: UnifiedBusError.self) { try entry("/dev/uburma/..").devices() }
  }
}
