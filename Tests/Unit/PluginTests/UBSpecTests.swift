import Foundation
import JSONText
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

/// UB pools by CDI: containers get what the spec file says when they start, so that it has to be there and true.
@Suite(.enabled(if: UBScene.obstacle == nil, "\(UBScene.obstacle ?? "")"), .timeLimit(.minutes(3)))
struct UBSpecTests {
  private static let file = "sriov-dp-unifiedbus.com-ub-net-ub_net_device.json"
  private static let swapped = zip(UBScene.devices, UBScene.devices.reversed()).map {
    FakeUBSEngine.Device($0.name, paths: $1.paths)
  }

  private func play(
    netns: String = #""reconcileSeconds":0"#, _ body: (UBScene) async throws -> Void
  ) async throws {
    try await UBScene.play(
      netns: netns, ubse: #""dialect":"auto","pollSeconds":3600"#, arguments: ["-use-cdi"], body)
  }

  /// Host paths by device; nil when there is no such file.
  private func spec(_ scene: UBScene) -> [String: [String]]? {
    guard let bytes = FileManager.default.contents(atPath: scene.place("run/cdi/\(Self.file)")),
      let devices = (try? JSONNode.parse(Array(bytes)))?["devices"]?.array
    else { return nil }
    var found: [String: [String]] = [:]
    for device in devices {
      let nodes = device["containerEdits"]?["deviceNodes"]?.array ?? []
      found[device["name"]?.string ?? ""] = nodes.compactMap { $0["hostPath"]?.string }
    }
    return found
  }

  private static func nodes(_ device: FakeUBSEngine.Device) -> [String] {
    [device.paths[1], device.paths[2], device.paths[0], "/dev/ummu/tid"]
  }

  private static let whole = Dictionary(uniqueKeysWithValues: UBScene.devices.map { ($0.name, nodes($0)) })

  /// A pod that was admitted and whose sandbox runs; the unit that it has.
  private func waitingPod(_ scene: UBScene) async throws -> String {
    _ = try await scene.listed()
    let container = Pod.Container(name: "app", requests: [ResourceRequest(resource: UBScene.resource, count: 1)])
    let views = try await scene.kubelet.admit(Pod(uid: "train", name: "train", containers: [container]))
    #expect(views[0].devices.isEmpty)
    try await scene.sandbox("train")
    scene.containerRuntime?.run([scene.pod("train", in: "train")])
    let unit = try #require(views[0].deviceIDs[UBScene.resource]?.first)
    #expect(views[0].cdiDevices == ["unifiedbus.com/ub-net=\(unit)"])
    return unit
  }

  @Test func `every device is in the file before kubelet knows of the pool, and stays there`() async throws {
    try await play { scene in
      _ = try await scene.listed()
      #expect(spec(scene) == Self.whole)
      _ = try await waitingPod(scene)
      #expect(spec(scene) == Self.whole)
    }
  }

  @Test func `a reboot empties the directory and renumbers devices: the container gets what moves`() async throws {
    try await play { scene in
      let unit = try await waitingPod(scene)
      #expect(scene.stopDaemon() == 0)
      try FileManager.default.removeItem(atPath: scene.place("run/cdi"))
      scene.ubsEngine?.list(Self.swapped)
      try scene.startDaemon()
      _ = try await scene.listed()
      let swapped = Dictionary(uniqueKeysWithValues: Self.swapped.map { ($0.name, Self.nodes($0)) })
      #expect(spec(scene) == swapped)
      try await scene.start("train")
      let nodes = try #require(spec(scene)?[unit])
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `renumbered while the daemon runs: the file is true before the container starts again`() async throws {
    try await play { scene in
      let unit = try await waitingPod(scene)
      scene.ubsEngine?.list(Self.swapped)
      try await scene.start("train")
      let device = try #require(Self.swapped.first { $0.name == unit })
      #expect(spec(scene)?[unit] == Self.nodes(device))
      #expect(scene.core.deeds == UBScene.moves("move", Self.nodes(device), scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `a directory that is emptied while the daemon runs is filled again`() async throws {
    try await play { scene in
      _ = try await waitingPod(scene)
      try FileManager.default.removeItem(atPath: scene.place("run/cdi"))
      try await scene.start("train")
      #expect(spec(scene) == Self.whole, "by a container's start")
      try FileManager.default.removeItem(atPath: scene.place("run/cdi"))
      _ = try await scene.kubelet.allocate(UBScene.resource, count: 1)
      #expect(spec(scene) == Self.whole, "by an Allocate")
      try FileManager.default.removeItem(atPath: scene.place("run/cdi"))
      scene.lookAgain()
      #expect(await eventually(within: .seconds(20)) { spec(scene) == Self.whole }, "by a look at the host")
    }
  }

  @Test func `a device that the engine can't describe now stays as its pod knows it`() async throws {
    try await play { scene in
      let unit = try await waitingPod(scene)
      #expect(scene.stopDaemon() == 0)
      scene.ubsEngine?.list(
        UBScene.devices.map { device in
          var device = device
          if device.name == unit { device.health = 3 }
          return device
        })
      try scene.startDaemon()
      _ = try await scene.listed(healthy: 1)
      #expect(spec(scene) == Self.whole)
    }
  }

  @Test func `hazard: devices that the kernel pulled home are put back`() async throws {
    try await play(netns: #""reconcileSeconds":1"#) { scene in
      let unit = try await waitingPod(scene)
      try await scene.start("train")
      let there = UBScene.moves("move", Self.whole[unit] ?? [], scene.inode(ofSandbox: "train"))
      let before = scene.core.deeds.count
      await scene.core.obey("home")
      let isBack = await eventually(within: .seconds(20)) {
        let deeds = scene.core.deeds.dropFirst(before)
        return there.allSatisfy(deeds.contains)
      }
      #expect(isBack)
    }
  }
}
