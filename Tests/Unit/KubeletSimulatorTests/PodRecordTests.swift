import Foundation
import GRPC
import KubeletAPI
import KubeletSimulator
import Testing

/// What others read of pods and their devices: the checkpoint and the pod resources API.
@Suite struct PodRecordTests {
  private let devices = [
    PluginDevice(id: "none", isHealthy: true), PluginDevice(id: "one", isHealthy: true, numaNodes: [1]),
    PluginDevice(id: "two", isHealthy: true, numaNodes: [0, 1]),
  ]

  @Test func theCheckpointHoldsDevicesByNUMANodeAndTheAnswer() async throws {
    try await Node.with { node in
      _ = try await node.registered(devices: devices)
      _ = try await node.kubelet.admit(Pod("uid-1", "example.com/vf=3"))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: node.directory.checkpoint))
      let root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
      let data = try #require(root["Data"] as? [String: Any])
      let entry = try #require((data["PodDeviceEntries"] as? [[String: Any]])?.first)
      #expect(entry["PodUID"] as? String == "uid-1")
      #expect(entry["ContainerName"] as? String == "app")
      #expect(entry["ResourceName"] as? String == "example.com/vf")
      #expect(entry["DeviceIDs"] as? [String: [String]] == ["-1": ["none"], "0": ["two"], "1": ["one", "two"]])
      let encoded = try #require(entry["AllocResp"] as? String)
      let answer = try #require(Data(base64Encoded: encoded))
      #expect(
        try ContainerAllocateResponse(decoding: Array(answer)).environment
          == ["IDS": "none,one,two", "OF": "example.com/vf"])
      #expect(data["RegisteredDevices"] as? [String: [String]] == ["example.com/vf": ["none", "one", "two"]])
      #expect(root["Checksum"] as? Int != nil)
    }
  }

  @Test func theCheckpointFollowsListsAndPods() async throws {
    try await Node.with { node in
      _ = try await node.registered()
      _ = try await node.kubelet.admit(Pod("1", "example.com/vf=1"))
      try node.kubelet.delete(podUID: "1")
      let text = try String(contentsOfFile: node.directory.checkpoint, encoding: .utf8)
      #expect(
        text == #"{"Data":{"PodDeviceEntries":[],"RegisteredDevices":{"example.com/vf":["dev0","dev1","dev2"]}},"#
          + #""Checksum":0}"#)
    }
  }

  @Test func podResourcesHaveOneEntryPerDeviceAndNode() async throws {
    try await Node.with { node in
      _ = try await node.registered(devices: devices)
      _ = try await node.kubelet.admit(Pod("1", "example.com/vf=3"))
      let channel = RPCChannel(queue: node.queue, path: node.directory.podResourcesSocket)
      let list = try await channel.unary(
        KubeletMethod.podResourcesList, ByteBuffer(ListPodResourcesRequest().encoded()), timeout: .seconds(10))
      let expected = PodResources(
        name: "pod-1", namespace: "default",
        containers: [
          .init(
            name: "app",
            devices: [
              .init(resourceName: "example.com/vf", ids: ["none"]),
              .init(resourceName: "example.com/vf", ids: ["one"], numaNodes: [1]),
              .init(resourceName: "example.com/vf", ids: ["two"], numaNodes: [0]),
              .init(resourceName: "example.com/vf", ids: ["two"], numaNodes: [1]),
            ])
        ])
      #expect(try ListPodResourcesResponse(decoding: list.bytes).pods == [expected])
      let one = try await channel.unary(
        KubeletMethod.podResourcesGet,
        ByteBuffer(GetPodResourcesRequest(name: "pod-1", namespace: "default").encoded()), timeout: .seconds(10))
      #expect(try GetPodResourcesResponse(decoding: one.bytes).pod == expected)
      await #expect(throws: RPCStatus.self) {
        try await channel.unary(
          KubeletMethod.podResourcesGet,
          ByteBuffer(GetPodResourcesRequest(name: "pod-1", namespace: "other").encoded()), timeout: .seconds(10))
      }
    }
  }

  @Test(arguments: ["intel.com/x=1", "a=b=3"]) func requestsAreRead(_ text: String) throws {
    let request = try ResourceRequest(parsing: text)
    #expect("\(request.resource)=\(request.count)" == text)
  }

  @Test(arguments: ["", "x", "x=", "x=0", "x=-1", "=1", "x=1.5", "x=1 "]) func otherTextIsNoRequest(_ text: String) {
    #expect(throws: SimulatorError.notARequest(text)) { try ResourceRequest(parsing: text) }
  }
}
