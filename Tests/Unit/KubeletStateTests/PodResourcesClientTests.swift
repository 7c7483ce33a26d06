import GRPC
import KubeletAPI
import TestSupport
import Testing

@testable import KubeletState

@Suite("Pod resources")
struct PodResourcesClientTests {
  static let resource = "unifiedbus.com/ub_net_device"

  private static func pod(_ name: String, _ containers: [(String, [[String]])]) -> PodResources {
    PodResources(
      name: name, namespace: "default",
      containers: containers.map { resource, lists in
        .init(name: "c", devices: lists.map { .init(resourceName: resource, ids: $0) })
      })
  }

  @Test("the holder has exactly the ids, however they are split over NUMA nodes")
  func matching() {
    let pods = [
      Self.pod("more", [(Self.resource, [["urma_1", "urma_2"]])]),
      Self.pod("split", [(Self.resource, [["urma_1"], ["urma_3"]])]),
      Self.pod("other", [("intel.com/sriov", [["urma_1"]])]),
      Self.pod("twice", [(Self.resource, [["urma_4"]]), (Self.resource, [["urma_4"]])]),
    ]
    func names(_ ids: Set<String>) -> [PodReference] {
      PodResourcesClient.holders(of: ids, resource: Self.resource, in: pods)
    }
    #expect(names(["urma_1", "urma_3"]) == [.name("split", namespace: "default")])
    #expect(names(["urma_2"]) == [.name("more", namespace: "default")])
    #expect(names(["urma_1"]).count == 2)
    #expect(names(["urma_4"]) == [.name("twice", namespace: "default")])
    #expect(names(["urma_9"]).isEmpty)
  }

  @Test("kubelet is asked over its socket")
  func call() async throws {
    let directory = try TemporaryDirectory()
    let queue = CompletionQueue()
    let answer = ListPodResourcesResponse(pods: [Self.pod("train", [(Self.resource, [["urma_1"]])])])
    let server = RPCServer(
      queue: queue, methods: [KubeletMethod.podResourcesList: .unary { _ in ByteBuffer(answer.encoded()) }])
    try server.listen(at: directory["kubelet.sock"])
    let lister = PodResourcesClient(socket: directory["kubelet.sock"], queue: queue)
    let pods = try await lister.holders(of: ["urma_1"], resource: Self.resource, timeout: .seconds(30))
    #expect(pods == [.name("train", namespace: "default")])
    await server.stop(grace: .milliseconds(100))
    await #expect(throws: KubeletStateError.self) {
      try await lister.holders(of: ["urma_1"], resource: Self.resource, timeout: .seconds(30))
    }
    queue.shutdown()
  }
}
