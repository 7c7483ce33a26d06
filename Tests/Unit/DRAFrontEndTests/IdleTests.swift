import DRAFrontEnd
import Foundation
import KubeletAPI
import KubeletSimulator
import ResourcePools
import TestSupport
import Testing

/// What the front end does while nothing asks it: it looks after the API helper and after its own sockets.
@Suite("Between the calls", .serialized, .timeLimit(.minutes(2))) struct IdleTests {
  /// A helper that hangs keeps its connection.
  @Test func aHelperThatHangsIsNoticed() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve(DRANode.shortPauses)
      let claim = try node.claim()
      node.controlPlane.hang(true)
      let silent = PoolStatus.Helper.fails("devicepool-api does not answer")
      #expect(await eventually { await frontEnd.status().map(\.helper) == [silent] })
      #expect(await frontEnd.status().map(\.obstacle) == [nil])
      #expect(await node.refusal(claim).contains("devicepool-api does not answer: see the log"))
      node.controlPlane.hang(false)
      #expect(await eventually { await frontEnd.status().map(\.helper) == [.works] })
      #expect(await node.refusal(claim) == "prepared")
      try await node.unprepare(claim)
      await frontEnd.stop()
    }
  }

  @Test func socketsGoWithTheLastPoolAndComeBack() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve(DRANode.shortPauses)
      #expect(node.hasSockets)
      for _ in 0..<2 {
        await frontEnd.apply(node.partition.serving([]), snapshot: node.snapshot)
        #expect(await eventually { node.hasNoSocket && node.kubelet.drivers.isEmpty })
        // The helper removes the slices.
        #expect(await node.controlPlane.slices(within: .seconds(10)) { $0.isEmpty } != nil)
        await frontEnd.apply(node.partition, snapshot: node.snapshot)
        try await node.served(frontEnd)
        #expect(node.hasSockets)
        #expect(await node.controlPlane.slices(within: .seconds(10)) { !$0.isEmpty } != nil)
        let claim = try node.claim()
        try await node.prepare(claim)
        try await node.unprepare(claim)
      }
      await frontEnd.stop()
    }
  }

  @Test func aPoolThatComesBackSoonKeepsTheSockets() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve(DRANode.shortPauses)
      for _ in 0..<5 {
        await frontEnd.apply(node.partition.serving([]), snapshot: node.snapshot)
        await frontEnd.apply(node.partition, snapshot: node.snapshot)
      }
      try await Task.sleep(for: DRANode.shortPauses.idle * 4)
      #expect(node.hasSockets)
      let claim = try node.claim()
      try await node.prepare(claim)
      try await node.unprepare(claim)
      await frontEnd.stop()
    }
  }

  /// Kubelet ends no pod whose claim it can't unprepare: neither that of a prepared claim nor that of a refused one.
  @Test(arguments: [true, false])
  func socketsStayWhileKubeletHasAClaim(_ isPrepared: Bool) async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve(DRANode.shortPauses)
      let claim = try node.claim()
      if !isPrepared { node.controlPlane.delete(claim) }
      #expect(await node.refusal(claim).contains(isPrepared ? "prepared" : "no longer exists"))
      try await expectSocketsUntil(unprepared: claim, of: node, frontEnd)
    }
  }

  /// A claim of a shared pool is in no list of held devices.
  @Test func socketsStayWhileAShareIsPrepared() async throws {
    let config = """
      {"configList":[{"resourceName":"hca","rdmaHcaMax":3,"serve":"dra","selectors":{"linkTypes":["ether","infiniband"]}}]}
      """
    try await DRANode.with(config, machine: "connectx6-switchdev-infiniband") { node in
      let frontEnd = try await node.serve(DRANode.shortPauses)
      let claim = try node.claim("rdma/hca")
      try await node.prepare(claim)
      #expect(await frontEnd.units().map(\.isShared) == [true])
      try await expectSocketsUntil(unprepared: claim, of: node, frontEnd)
    }
  }

  private func expectSocketsUntil(
    unprepared claim: ClaimReference, of node: DRANode, _ frontEnd: DRAFrontEnd
  ) async throws {
    await frontEnd.apply(node.partition.serving([]), snapshot: node.snapshot)
    try await Task.sleep(for: DRANode.shortPauses.idle * 6)
    #expect(node.hasSockets)
    try await node.unprepare(claim)
    #expect(await eventually { node.hasNoSocket })
    await frontEnd.stop()
  }
}
