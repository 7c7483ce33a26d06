import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

/// What kubelet sees of the UBS engine's devices, whatever the engine does.
@Suite(.enabled(if: UBScene.obstacle == nil, "\(UBScene.obstacle ?? "")"), .timeLimit(.minutes(3)))
struct UBEngineTests {
  @Test func `engine down at start: its devices come when it does`() async throws {
    try await UBScene.play(startEngine: false) { scene in
      let isTold = await eventually(within: .seconds(20)) { scene.log.contains("cannot connect to the UBS engine") }
      #expect(isTold)
      #expect(scene.kubelet.view[UBScene.resource] == nil)
      try scene.startEngine(.c, UBScene.devices)
      _ = try await scene.listed()
    }
  }

  @Test func `engine down for a while: the list stands, then is unhealthy, never empty`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      scene.stopEngine()
      let lost = try await scene.listed(healthy: 0)
      #expect(lost.devices.count == 2)
      try scene.startEngine(.a, UBScene.devices)
      let back = try await scene.listed()
      #expect(back.devices.map(\.id) == ["urma_1", "urma_2"])
      #expect(back.listsReceived == 3, "whole, unhealthy, whole")
    }
  }

  @Test func `engine busy for a moment: Allocate waits for it, since kubelet would fail the pod`() async throws {
    try await UBScene.play(ubse: #""dialect":"B","pollSeconds":3600"#) { scene in
      _ = try await scene.listed()
      let engine = try #require(scene.ubsEngine)
      engine.fail(.raw([]))
      let before = engine.requests.count
      async let nodes = scene.admit("train")
      #expect(await eventually { engine.requests.count > before })
      engine.fail(.none)
      #expect(try await nodes.count == 4)
    }
  }

  @Test func `engine with fewer devices: the others stay`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      scene.ubsEngine?.list([UBScene.devices[1]])
      let fewer = try await scene.listed(healthy: 1)
      #expect(fewer.devices.filter(\.isHealthy).map(\.id) == ["urma_2"])
      scene.ubsEngine?.list([])
      let none = try await scene.listed(healthy: 0)
      #expect(none.devices.contains { $0.id == "urma_2" })
    }
  }

  @Test func `health flip: kubelet hears of both ways, and one warning has the hardware id`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      var devices = UBScene.devices
      devices[0].health = 3
      scene.ubsEngine?.list(devices)
      let flipped = try await scene.listed(healthy: 1)
      #expect(flipped.devices.filter { !$0.isHealthy }.map(\.id) == ["urma_1"])
      #expect(scene.log.contains("unhealthy UB devices: urma_1 (port down, hwResId 0x100000002)"))
      let refusal = await #expect(throws: SimulatorError.self) {
        try await scene.kubelet.allocate(UBScene.resource, ids: ["urma_1"])
      }
      #expect(refusal?.description.contains("port down") == true)
      scene.ubsEngine?.list(UBScene.devices)
      _ = try await scene.listed()
    }
  }

  @Test func `names from the engine that lead elsewhere are refused, and the others served`() async throws {
    let hostile = ["../../etc", "urma 1", "..", String(repeating: "u", count: 32)].map { FakeUBSEngine.Device($0) }
    var device = UBScene.devices[0]
    device.paths[1] = "/dev/uburma/../mem"
    try await UBScene.play(startEngine: false) { scene in
      try scene.startEngine(.b, hostile + [device, UBScene.devices[1]])
      let list = try await scene.listed()
      #expect(list.devices.map(\.id) == ["urma_1", "urma_2"])
      let refusal = await #expect(throws: SimulatorError.self) {
        try await scene.kubelet.allocate(UBScene.resource, ids: ["urma_1"])
      }
      #expect(refusal?.description.contains("/dev/uburma/../mem") == true)
      let answer = try await scene.kubelet.allocate(UBScene.resource, ids: ["urma_2"])
      #expect(answer.devices.map(\.hostPath).first == "/dev/uburma/udma2")
    }
  }

  @Test func `without an engine devices come from sysfs, and a device is its own kernel device`() async throws {
    try await UBScene.play(
      core: ["udma0", "udma1", "udma2", "udma3", "bonding_dev_0", "bonding_dev_1"], ubse: nil, names: "udma*"
    ) {
      scene in
      let view = await scene.kubelet.view(within: .seconds(30)) { ($0[UBScene.resource]?.allocatable ?? 0) > 0 }
      #expect(view?[UBScene.resource]?.devices.map(\.id) == ["udma0", "udma1", "udma2", "udma3"])
      let nodes = try await scene.admit("train")
      #expect(nodes.count == 2, "the device and /dev/ummu/tid")
      try await scene.sandbox("train")
      scene.containerRuntime?.run([scene.pod("train", in: "train")])
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
      // As in the host's sysfs: the class of this namespace shows it no longer, the class of all namespaces does.
      let name = try #require(nodes.first?.split(separator: "/").last.map(String.init))
      let before = try #require(scene.kubelet.view[UBScene.resource])
      try FileManager.default.removeItem(atPath: scene.place("sys/class/ubcore/\(name)"))
      try FileManager.default.createDirectory(
        atPath: scene.place("sys/class/uburma/\(name)"), withIntermediateDirectories: true)
      scene.lookAgain()
      // Its NUMA node is out of sight: kubelet hears that, and no more.
      let changed = await scene.kubelet.view(within: .seconds(30)) { view in
        view[UBScene.resource].map { $0.listsReceived > before.listsReceived } ?? false
      }
      let after = try #require(changed?[UBScene.resource])
      #expect(after.devices.map(\.id) == before.devices.map(\.id))
      #expect(after.allocatable == before.allocatable)
      #expect(after.devices.first { $0.id == name }?.numaNodes == nil)
    }
  }
}
