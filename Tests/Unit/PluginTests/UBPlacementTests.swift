import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

/// UB pools end to end but for the kernel's own driver: each row of the test matrix by name.
@Suite(.enabled(if: UBScene.obstacle == nil, "\(UBScene.obstacle ?? "")"), .timeLimit(.minutes(3)))
struct UBPlacementTests {
  @Test func `a pod's device moves before its container starts`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      #expect(nodes.count == 4)
      #expect(nodes.last == "/dev/ummu/tid")
      #expect(scene.core.deeds.isEmpty)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
      #expect(scene.ubsEngine?.requests.contains { if case .release = $0 { true } else { false } } == false)
      #expect(scene.stopDaemon() == 0)
      #expect(scene.core.deeds.count == 3, "devices of running pods stay where they are")
    }
  }

  @Test func `the node for translation ids is for root alone until a container is given it`() async throws {
    try await UBScene.play { scene in
      let node = scene.place("dev/ummu/tid")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: node)
      _ = try await scene.waitingPod("train")
      let mode = try FileManager.default.attributesOfItem(atPath: node)[.posixPermissions] as? Int
      #expect(mode == 0o666)
    }
  }

  @Test func `same namespace: a container that restarts moves nothing`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.start("train")
      try await scene.start("train")
      let pod = scene.inode(ofSandbox: "train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, pod) + UBScene.moves("stay", nodes, pod))
    }
  }

  @Test func `unknown device: the kernel's EINVAL is explained`() async throws {
    try await UBScene.play(core: ["udma1"]) { scene in
      _ = try await scene.waitingPod("train")
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 4 of 4, move the device, failed for urma_") == true, "\(refusal ?? "none")")
      #expect(refusal?.contains("knows no UB device") == true)
    }
  }

  @Test func `shared mode: EPERM is explained`() async throws {
    try await UBScene.play(core: ["shared"] + UBScene.kernelNames) { scene in
      _ = try await scene.waitingPod("train")
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 4 of 4") == true)
      #expect(refusal?.contains("exclusive mode") == true, "\(refusal ?? "none")")
    }
  }

  @Test func `family missing: the module to load is named, and a later try succeeds`() async throws {
    try await UBScene.play(core: ["absent"] + UBScene.kernelNames) { scene in
      _ = try await scene.waitingPod("train")
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("load the ubcore module") == true, "\(refusal ?? "none")")
      await scene.core.obey("present")
      try await scene.start("train")
      #expect(scene.core.deeds.count == 3)
    }
  }

  @Test func `partial failure: what was moved goes home in reverse`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      let bonding = try #require(UBScene.moves("", nodes, 0).last?.split(separator: " ").first.map(String.init))
      await scene.core.obey("busy=\(bonding)")
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 4 of 4") == true, "\(refusal ?? "none")")
      let there = UBScene.moves("move", Array(nodes.prefix(2)), scene.inode(ofSandbox: "train"))
      let back = UBScene.moves("move", nodes.prefix(2).reversed(), scene.home)
      #expect(scene.core.deeds == there + ["refuse \(bonding) 16"] + back)
      await scene.core.obey("free=\(bonding)")
      try await scene.start("train")
    }
  }

  @Test func `two sandboxes: the ready one counts`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.sandbox("new")
      scene.containerRuntime?.run([
        scene.pod("train", in: "train", isReady: false), scene.pod("train", in: "new", attempt: 1),
      ])
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "new")))
    }
  }

  @Test func `pid 0: the sandbox metadata's path leads to the namespace`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      let pid = try await scene.sandbox("vm")
      var pod = scene.pod("train", in: "vm")
      pod.info = #"{"pid":0,"runtimeSpec":null,"sandboxMetadata":{"Metadata":{"NetNSPath":"/proc/\#(pid)/ns/net"}}}"#
      scene.containerRuntime?.run([pod])
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "vm")))
    }
  }

  @Test func `CRI-O without pid: the runtime spec's path leads to the namespace`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      let pid = try await scene.sandbox("infra")
      var pod = scene.pod("train", in: "infra")
      pod.info =
        #"{"runtimeSpec":{"linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/proc/\#(pid)/ns/net"}]}}}"#
      scene.containerRuntime?.run([pod])
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "infra")))
    }
  }

  @Test func `host network: nothing moves, and the container starts`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("train")
      var pod = scene.pod("train", in: "train")
      pod.usesHostNetwork = true
      pod.info = #"{"pid":1}"#
      scene.containerRuntime?.run([pod])
      try await scene.start("train")
      #expect(scene.core.deeds.isEmpty)
    }
  }

  @Test func `a namespace that is the host's is never a pod's`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("train")
      var pod = scene.pod("train", in: "train")
      pod.info = #"{"pid":1}"#
      scene.containerRuntime?.run([pod])
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 3 of 4, find the network namespace") == true, "\(refusal ?? "none")")
      #expect(scene.core.deeds.isEmpty)
    }
  }

  @Test func `stale checkpoint uid: the pod whose sandbox runs has the device`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try scene.rewriteCheckpoint { entries in
        var stale = entries[0]
        stale["PodUID"] = "ended"
        return [stale] + entries
      }
      scene.containerRuntime?.run([
        scene.pod("ended", in: "ended", isReady: false), scene.pod("train", in: "train"),
      ])
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `an id in two containers of one pod`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.listed()
      let request = ResourceRequest(resource: UBScene.resource, count: 1)
      let containers = try await scene.kubelet.admit(
        Pod(
          uid: "train", name: "train", initContainers: [.init(name: "init", requests: [request])],
          containers: [.init(name: "app", requests: [request])]))
      #expect(containers[0].deviceIDs == containers[1].deviceIDs, "an init container's devices are used again")
      try await scene.sandbox("train")
      scene.containerRuntime?.run([scene.pod("train", in: "train")])
      try await scene.start("train", container: "init")
      try await scene.start("train")
      let nodes = containers[0].devices.map(\.hostPath)
      let pod = scene.inode(ofSandbox: "train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, pod) + UBScene.moves("stay", nodes, pod))
    }
  }

  @Test func `null PodDeviceEntries: the first step fails and says so`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("train")
      try scene.writeCheckpoint(#"{"Data":{"PodDeviceEntries":null,"RegisteredDevices":{}},"Checksum":0}"#)
      // Its pod resources would tell who holds the device: this kubelet has none.
      await scene.kubelet.stop()
      try #require(FileManager.default.fileExists(atPath: scene.kubeletDirectory.checkpoint))
      let refusal = await scene.preStartDirectly(["urma_1"])
      #expect(refusal?.contains("step 1 of 4, find the pod, failed for urma_1") == true, "\(refusal ?? "none")")
    }
  }

  @Test func `no checkpoint: kubelet's pod resources lead to the pod`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try FileManager.default.removeItem(atPath: scene.kubeletDirectory.checkpoint)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `DeviceIDs as a list, as kubelet wrote them up to 1.19`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try scene.rewriteCheckpoint { entries in
        entries.map { entry in
          var entry = entry
          entry["DeviceIDs"] = (entry["DeviceIDs"] as? [String: [String]])?.values.flatMap { $0 }
          return entry
        }
      }
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `kubelet restart: the pool registers again and devices still move`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.kubelet.restart()
      #expect(try await scene.listed().registrations >= 1)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `runtime restart: its new socket is found`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.start("train")
      await scene.stopRuntime()
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 2 of 4, find the pod's sandbox") == true, "\(refusal ?? "none")")
      try scene.startRuntime()
      scene.containerRuntime?.run([scene.pod("train", in: "train")])
      let isBack = await eventually(within: .seconds(30)) { await scene.refusal("train") == nil }
      #expect(isBack)
      #expect(scene.core.deeds.prefix(3).elementsEqual(UBScene.moves("move", nodes, scene.inode(ofSandbox: "train"))))
    }
  }

  @Test func `plugin restart: the container's devices are known from the checkpoint`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      #expect(scene.stopDaemon() == 0)
      try scene.startDaemon()
      _ = try await scene.listed()
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `plugin restart: a failed start takes no device out of the pod that it was in before`() async throws {
    try await UBScene.play { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.start("train")
      #expect(scene.stopDaemon() == 0)
      // As sysfs shows it now: in uburma, and no longer in the host's ubcore.
      for node in nodes.prefix(3) {
        let name = node.dropFirst("/dev/uburma/".count)
        try FileManager.default.createDirectory(
          atPath: scene.place("sys/class/uburma/\(name)"), withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: scene.place("sys/class/ubcore/\(name)"))
      }
      try scene.startDaemon()
      _ = try await scene.listed()
      let bonding = try #require(UBScene.moves("", nodes, 0).last?.split(separator: " ").first.map(String.init))
      await scene.core.obey("busy=\(bonding)")
      let before = scene.core.deeds.count
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 4 of 4") == true, "\(refusal ?? "none")")
      let pod = scene.inode(ofSandbox: "train")
      #expect(
        Array(scene.core.deeds.dropFirst(before)) == UBScene.moves("stay", Array(nodes.prefix(2)), pod) + [
          "refuse \(bonding) 16"
        ])
      await scene.core.obey("free=\(bonding)")
      try await scene.start("train")
    }
  }

  @Test func `hazard: devices that the kernel pulled home are put back`() async throws {
    try await UBScene.play(netns: #""reconcileSeconds":1"#) { scene in
      let nodes = try await scene.waitingPod("train")
      try await scene.start("train")
      let there = UBScene.moves("move", nodes, scene.inode(ofSandbox: "train"))
      let before = scene.core.deeds.count
      await scene.core.obey("home")
      let isBack = await eventually(within: .seconds(20)) {
        let deeds = scene.core.deeds.dropFirst(before)
        return there.allSatisfy(deeds.contains)
      }
      #expect(isBack)
      // The pod ends: nothing is moved for it any more, and its device can be given out again.
      try scene.kubelet.delete(podUID: "train")
      scene.containerRuntime?.run([])
      await scene.core.obey("home")
      try await scene.admit("next")
    }
  }

  @Test func `deadline: a runtime that hangs is given up before kubelet gives up`() async throws {
    try await UBScene.play { scene in
      _ = try await scene.waitingPod("train")
      scene.containerRuntime?.hang()
      let clock = ContinuousClock()
      let began = clock.now
      let refusal = await scene.refusal("train")
      #expect(clock.now - began < .seconds(30))
      #expect(refusal?.contains("step 2 of 4") == true, "\(refusal ?? "none")")
    }
  }
}
