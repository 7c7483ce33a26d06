import GRPC
import KubeletAPI
import KubeletSimulator
import Testing

@Suite struct AdmissionTests {
  @Test func podsGetDevicesOfTheirOwn() async throws {
    try await Node.with { node in
      let plugin = try await node.registered()
      let first = try await node.kubelet.admit(Pod("1", "example.com/vf=2"))
      let second = try await node.kubelet.admit(Pod("2", "example.com/vf=1"))
      let ids = (first + second).flatMap { $0.deviceIDs["example.com/vf"] ?? [] }
      #expect(Set(ids) == ["dev0", "dev1", "dev2"])
      #expect(ids.count == 3)
      #expect(first[0].environment["IDS"] == first[0].deviceIDs["example.com/vf"]?.joined(separator: ","))
      #expect(plugin.allocated.map { Set($0) } == [Set(ids.prefix(2)), Set(ids.suffix(1))])
      await #expect(throws: SimulatorError.notEnough(resource: "example.com/vf", wanted: 1, available: 0)) {
        try await node.kubelet.admit(Pod("3", "example.com/vf=1"))
      }
      try node.kubelet.delete(podUID: "1")
      #expect(try await node.kubelet.admit(Pod("3", "example.com/vf=2")).count == 1)
      #expect(node.kubelet.view["example.com/vf"]?.allocated == ["dev0", "dev1", "dev2"])
    }
  }

  @Test func podsAdmittedAtOnceDoNotShareDevices() async throws {
    try await Node.with { node in
      _ = try await node.registered(devices: .healthy(40))
      let ids = try await withThrowingTaskGroup(of: [String].self) { group in
        for number in 0..<20 {
          group.addTask {
            let pod = try Pod("\(number)", "example.com/vf=2")
            return try await node.kubelet.admit(pod)[0].deviceIDs["example.com/vf"] ?? []
          }
        }
        return try await group.reduce([], +)
      }
      #expect(ids.count == 40)
      #expect(Set(ids).count == 40)
    }
  }

  @Test func onlyHealthyDevicesAreGiven() async throws {
    try await Node.with { node in
      let devices = [PluginDevice(id: "bad", isHealthy: false), PluginDevice(id: "good", isHealthy: true)]
      _ = try await node.registered(devices: devices)
      #expect(try await node.kubelet.admit(Pod("1", "example.com/vf=1"))[0].deviceIDs == ["example.com/vf": ["good"]])
      await #expect(throws: SimulatorError.unknownResource("example.com/other")) {
        try await node.kubelet.admit(Pod("2", "example.com/other=1"))
      }
    }
  }

  @Test func answersAreMergedAndTheFirstResourceWins() async throws {
    try await Node.with { node in
      _ = try await node.registered("a.com/x", name: "x.sock")
      _ = try await node.registered("b.com/y", name: "y.sock")
      let view = try await node.kubelet.admit(Pod("1", "b.com/y=1", "a.com/x=1"))[0]
      #expect(view.environment["OF"] == "a.com/x")
      #expect(view.devices == [.init(containerPath: "/dev/shared", hostPath: "/dev/a.com/x", permissions: "rw")])
      #expect(view.deviceIDs.keys.sorted() == ["a.com/x", "b.com/y"])
    }
  }

  @Test func theSameSeedChoosesTheSameDevices() async throws {
    var choices: [[String: [String]]] = []
    for seed in [7, 7, 8] as [UInt64] {
      try await Node.with({ $0.seed = seed }) { node in
        _ = try await node.registered(devices: .healthy(200))
        choices.append(try await node.kubelet.admit(Pod("1", "example.com/vf=5"))[0].deviceIDs)
      }
    }
    #expect(choices[0] == choices[1])
    #expect(choices[0] != choices[2])
  }

  @Test func thePreferenceIsFollowedAsFarAsItCanBe() async throws {
    try await Node.with { node in
      let options = DevicePluginOptions(preferredAllocationAvailable: true)
      _ = try await node.registered(devices: .healthy(4), options: options) { request throws(RPCStatus) in
        #expect(request.available == ["dev0", "dev1", "dev2", "dev3"])
        return ["dev3", "dev9", "dev1"]
      }
      #expect(try await node.kubelet.admit(Pod("1", "example.com/vf=2"))[0].deviceIDs.values.first == ["dev1", "dev3"])
    }
  }

  @Test func anErrorInsteadOfAPreferenceFailsThePod() async throws {
    try await Node.with { node in
      let options = DevicePluginOptions(preferredAllocationAvailable: true)
      let status = RPCStatus(code: .internal, message: "no idea")
      _ = try await node.registered(options: options) { _ throws(RPCStatus) in throw status }
      let expected = SimulatorError.plugin(
        resource: "example.com/vf", method: KubeletMethod.getPreferredAllocation, status)
      await #expect(throws: expected) { try await node.kubelet.admit(Pod("1", "example.com/vf=1")) }
      #expect(node.kubelet.view["example.com/vf"]?.allocated == [])
    }
  }

  @Test func theWishForANUMANodeNarrowsTheQuestion() async throws {
    try await Node.with { node in
      let options = DevicePluginOptions(preferredAllocationAvailable: true)
      _ = try await node.registered(devices: .healthy(6), options: options) { request throws(RPCStatus) in
        request.size == 2 ? request.available.suffix(2) : []
      }
      let near = Pod.Container(
        name: "app", requests: [ResourceRequest(resource: "example.com/vf", count: 2)], numaNodes: [1])
      let view = try await node.kubelet.admit(Pod(uid: "1", name: "near", containers: [near]))[0]
      #expect(view.deviceIDs.values.first == ["dev3", "dev5"])
      let more = Pod.Container(
        name: "app", requests: [ResourceRequest(resource: "example.com/vf", count: 3)], numaNodes: [1])
      let ids = try await node.kubelet.admit(Pod(uid: "2", name: "more", containers: [more]))[0].deviceIDs.values.first
      #expect(ids?.contains("dev1") == true)
      #expect(ids?.count == 3)
    }
  }

  @Test func initContainersHandTheirDevicesOn() async throws {
    try await Node.with { node in
      _ = try await node.registered(devices: .healthy(3))
      func container(_ name: String, _ count: Int) -> Pod.Container {
        .init(name: name, requests: [ResourceRequest(resource: "example.com/vf", count: count)])
      }
      let pod = Pod(
        uid: "1", name: "p", initContainers: [container("i", 1), container("j", 2)],
        containers: [container("a", 2), container("b", 1)])
      let views = try await node.kubelet.admit(pod)
      let ids = views.map { Set($0.deviceIDs["example.com/vf"] ?? []) }
      #expect(ids[0].isSubset(of: ids[1]))
      #expect(ids[1] == ids[2])
      #expect(ids[2].isDisjoint(with: ids[3]))
    }
  }

  @Test func containersAreStartedOnlyWherePluginsWantIt() async throws {
    try await Node.with { node in
      let keen = try await node.registered(
        "a.com/x", name: "x.sock", options: DevicePluginOptions(preStartRequired: true))
      let other = try await node.registered("b.com/y", name: "y.sock")
      let view = try await node.kubelet.admit(Pod("1", "a.com/x=2", "b.com/y=1"))[0]
      try await node.kubelet.startContainer("app", ofPod: "1")
      #expect(keen.preStarted.map { $0.sorted() } == [view.deviceIDs["a.com/x"]])
      #expect(other.preStarted.isEmpty)
      await #expect(throws: SimulatorError.unknownContainer("x", pod: "1")) {
        try await node.kubelet.startContainer("x", ofPod: "1")
      }
    }
  }

  @Test func podsKeepTheirDevicesWhenKubeletRestarts() async throws {
    try await Node.with { node in
      let plugin = node.plugin(in: \.pluginsRegistry)
      try plugin.serve()
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      _ = try await node.kubelet.admit(Pod("1", "example.com/vf=2"))
      try await node.kubelet.restart()
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      await #expect(throws: SimulatorError.notEnough(resource: "example.com/vf", wanted: 2, available: 1)) {
        try await node.kubelet.admit(Pod("2", "example.com/vf=2"))
      }
      #expect(plugin.allocated.count == 1)
    }
  }
}
