import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

/// What the engine names is checked against the node before a container gets it.
@Suite(.enabled(if: UBScene.obstacle == nil, "\(UBScene.obstacle ?? "")"), .timeLimit(.minutes(3)))
struct UBAnswerTests {
  private static func device(_ name: String, _ kernelNames: String...) -> FakeUBSEngine.Device {
    FakeUBSEngine.Device(name, paths: kernelNames.map { "/dev/uburma/\($0)" })
  }

  private static let swapped = [
    device("urma_1", "bonding_dev_2", "udma2", "udma32"), device("urma_2", "bonding_dev_1", "udma1", "udma31"),
  ]

  private func refusal(_ scene: UBScene, _ ids: String...) async -> String {
    let error = await #expect(throws: SimulatorError.self) {
      try await scene.kubelet.allocate(UBScene.resource, ids: ids)
    }
    return error?.description ?? "none"
  }

  /// The unit behind these nodes, and the other one.
  private func units(_ nodes: [String]) -> (own: String, other: String) {
    nodes.contains("/dev/uburma/bonding_dev_1") ? ("urma_1", "urma_2") : ("urma_2", "urma_1")
  }

  @Test(
    arguments: [
      (
        device("urma_1", "bonding_dev_0", "udma1", "udma31"),
        "names /dev/uburma/bonding_dev_0 for urma_1, which belongs"
      ),
      (
        device("urma_1", "bonding_dev_1", "udma1", "udma77"),
        "names /dev/uburma/udma77 for urma_1, which this host does not"
      ),
      (device("urma_1", "bonding_dev_1", "udma1", "udma1"), "names /dev/uburma/udma1 for urma_1, twice"),
      (device("urma_1", "bonding_dev_2", "udma1", "udma31"), "which by the same engine the unit urma_2 has"),
    ])
  func `a device that must not be handed out`(_ device: FakeUBSEngine.Device, _ reason: String) async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      scene.ubsEngine?.list([device, UBScene.devices[1]])
      let refusal = await refusal(scene, "urma_1")
      #expect(refusal.contains(reason), "\(refusal)")
      scene.ubsEngine?.list(UBScene.devices)
      _ = try await scene.kubelet.allocate(UBScene.resource, ids: ["urma_1"])
    }
  }

  @Test func `after a renumbering a container does not start with another unit's devices, and no other pod gets them`()
    async throws
  {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      let (own, other) = units(nodes)
      scene.ubsEngine?.list(Self.swapped)
      let refusal = await refusal(scene, other)
      #expect(refusal.contains("has; after a renumbering") && refusal.contains("pod train"), "\(refusal)")
      let start = await scene.refusal("train")
      #expect(start?.contains("\(own) was given out with /dev/uburma/") == true, "\(start ?? "none")")
      #expect(start?.contains("; delete the pod") == true)
      #expect(scene.core.deeds.isEmpty)
      // The pod ends: its kernel devices are free, by whatever number.
      try scene.kubelet.delete(podUID: "train")
      _ = try await scene.kubelet.allocate(UBScene.resource, ids: [other])
    }
  }

  @Test func `before kubelet has written the first one down, a second Allocate knows of it`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      _ = try await scene.kubelet.allocate(UBScene.resource, ids: ["urma_1"])
      scene.ubsEngine?.list(Self.swapped)
      let refusal = await refusal(scene, "urma_2")
      #expect(refusal.contains("the unit urma_1, which was just handed out, has"), "\(refusal)")
    }
  }

  @Test func `two running pods with one kernel device: the second does not start`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("first")
      try await scene.start("first")
      try await scene.admit("second")
      try await scene.sandbox("second")
      scene.containerRuntime?.run([scene.pod("first", in: "first"), scene.pod("second", in: "second")])
      // The answer that the second one was given is what its unit needs by the engine's present answer.
      scene.ubsEngine?.list(Self.swapped)
      try scene.rewriteCheckpoint { entries in
        entries.map { entry in
          var entry = entry
          entry["AllocResp"] = entries[0]["AllocResp"]
          return entry
        }
      }
      let before = scene.core.deeds.count
      let refusal = await scene.refusal("second")
      #expect(refusal?.contains("was also given to pod first, which runs") == true, "\(refusal ?? "none")")
      #expect(scene.core.deeds.count == before)
    }
  }

  @Test func `after a reboot a container starts as soon as the engine has its devices by the same numbers`()
    async throws
  {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      #expect(scene.stopDaemon() == 0)
      scene.ubsEngine?.list(Self.swapped)
      try scene.startDaemon()
      _ = try await scene.listed()
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("; delete the pod") == true, "\(refusal ?? "none")")
      #expect(scene.log.contains("container start refused: its device nodes belong to another device"))
      #expect(scene.core.deeds.isEmpty)
      scene.ubsEngine?.list(UBScene.devices)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `nothing tells what the container was given: nothing moves`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("train")
      #expect(scene.stopDaemon() == 0)
      try scene.loseCheckpoint()
      try scene.startDaemon()
      _ = try await scene.listed()
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("does not tell which kernel devices") == true, "\(refusal ?? "none")")
      #expect(scene.core.deeds.isEmpty)
    }
  }
}
