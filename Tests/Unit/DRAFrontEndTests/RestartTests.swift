import DRAFrontEnd
import Foundation
import KubeletAPI
import KubeletSimulator
import ResourcePools
import TestSupport
import Testing

/// What a claim's files look like after a kill at each step, and what a new daemon makes of them. `make dra-claims` kills the
/// program itself.
@Suite("Claims and restarts", .serialized, .timeLimit(.minutes(2))) struct RestartTests {
  /// A claim's files, in the order in which prepare writes them.
  private struct Files {
    let node: DRANode
    let texts: [(path: String, text: String)]

    init(_ node: DRANode) throws {
      self.node = node
      let info = try #require(node.files(in: "run/devinfo").first)
      let spec = try #require(node.files(in: "run/cdi").first)
      texts = try [node.directory["run/devinfo/\(info)"], node.directory["run/cdi/\(spec)"], node.checkpoint].map {
        ($0, try String(contentsOfFile: $0, encoding: .utf8))
      }
    }

    /// Leaves those of `numbers` and no others.
    func leave(_ numbers: Set<Int>) throws {
      for (number, file) in texts.enumerated() {
        try? FileManager.default.removeItem(atPath: file.path)
        if numbers.contains(number) { try file.text.write(toFile: file.path, atomically: false, encoding: .utf8) }
      }
    }

    /// Whether they were written in this order.
    var isOrdered: Bool {
      let times = texts.map { file -> Int in
        var facts = stat()
        stat(file.path, &facts)
        return facts.st_mtim.tv_sec * 1_000_000_000 + facts.st_mtim.tv_nsec
      }
      return times == times.sorted()
    }
  }

  /// After a reboot the specs are gone, and kubelet asks for the claims again.
  @Test func aRebootGivesTheSameAnswer() async throws {
    try await DRANode.with { node in
      let first = try await node.serve()
      let claim = try node.claim(count: 2)
      let before = try await node.prepare(claim)
      let files = try Files(node)
      await first.stop()
      await node.kubelet.stop()
      try files.leave([2])
      try node.kubelet.start()
      let second = try await node.serve()
      #expect(await second.held(offering: []).count == 2)
      // Unhealthy since the reboot, or since the pool is not DRA's any more: they are the claim's.
      let units = node.pool.units.map { Unit(id: $0.id, members: $0.members, health: .unhealthy(reason: "sick")) }
      let sick = ResourcePool(config: node.pool.config, units: units)
      await second.apply(node.partition.serving([sick]), snapshot: node.snapshot)
      #expect(try await node.prepare(claim) == before)
      #expect(try Files(node).texts.map(\.text) == files.texts.map(\.text))
      try await node.unprepare(claim)
      await second.stop()
    }
  }

  /// A kill between two steps of prepare: kubelet has no answer and asks again, or its pod was deleted meanwhile.
  @Test(arguments: 0...3)
  func aKillInPrepareLosesNothing(_ written: Int) async throws {
    try await DRANode.with { node in
      let first = try await node.serve()
      let claim = try node.claim()
      let answer = try await node.prepare(claim)
      let files = try Files(node)
      #expect(files.isOrdered)
      await first.stop()
      try await node.kubelet.restart()
      try files.leave(Set(0..<written))
      // Files that were under way.
      for name in ["run/cdi/.devicepool-claim-\(claim.uid).json.1", "k/plugins/devicepool/.claims.json.1"] {
        try "{".write(toFile: node.directory[name], atomically: false, encoding: .utf8)
      }
      let second = try await node.serve()
      #expect(node.files(in: "run/cdi") == (written == 3 ? ["devicepool-claim-\(claim.uid).json"] : []))
      #expect(!node.files(in: "k/plugins/devicepool").contains { $0.hasPrefix(".claims") })
      #expect(await second.held(offering: [node.pool.name]).count == (written == 3 ? 1 : 0))
      #expect(try await node.prepare(claim) == answer)
      #expect(try Files(node).texts.map(\.text) == files.texts.map(\.text))
      try await node.unprepare(claim)
      #expect(node.files(in: "run/cdi") == [] && node.files(in: "run/devinfo") == [])
      await second.stop()
    }
  }

  /// A kill between two steps of unprepare: the device is not free before the last one, and kubelet asks again.
  @Test(arguments: 0...2)
  func aKillInUnprepareLosesNothing(_ removed: Int) async throws {
    try await DRANode.with { node in
      let first = try await node.serve()
      let claim = try node.claim()
      try await node.prepare(claim)
      let files = try Files(node)
      await first.stop()
      try await node.kubelet.restart()
      // The spec goes first, then the DeviceInfo file.
      try files.leave(Set([0, 1, 2]).subtracting([1, 0].prefix(removed)))
      let second = try await node.serve()
      #expect(await second.held(offering: [node.pool.name]).count == 1)
      node.controlPlane.delete(claim)
      let other = try node.claim()
      #expect(await node.refusal(other).contains("is held by claim"))
      try await node.unprepare(claim)
      #expect(await node.refusal(other) == "prepared")
      #expect(node.files(in: "run/cdi") == ["devicepool-claim-\(other.uid).json"])
      try await node.unprepare(other)
      await second.stop()
    }
  }
}
