import GRPC
import KubeletAPI
import TestSupport
import Testing

@testable import KubeletState

@Suite("Container runtime over its socket")
struct ContainerRuntimeTests {
  private let directory: TemporaryDirectory
  private let queue = CompletionQueue()
  private var socket: String { directory["cri.sock"] }

  init() throws { directory = try TemporaryDirectory() }

  @Test("lists a pod's sandboxes by uid or by name, old ones too")
  func list() async throws {
    let fake = try FakeContainerRuntime(
      at: socket, queue: queue,
      pods: [
        .init(sandbox: "old", uid: "u1", name: "train", isReady: false),
        .init(sandbox: "new", uid: "u1", name: "train", attempt: 1),
        .init(sandbox: "other", uid: "u2"),
      ])
    let runtime = ContainerRuntime(socket: socket, queue: queue)
    let sandboxes = try await runtime.sandboxes(of: .uid("u1"), timeout: .seconds(30))
    #expect(sandboxes.map(\.id) == ["old", "new"])
    #expect(sandboxes.map(\.isReady) == [false, true])
    #expect(Sandbox.current(of: sandboxes)?.id == "new")
    let named = try await runtime.sandboxes(of: .name("train", namespace: "default"), timeout: .seconds(30))
    #expect(named == sandboxes)
    #expect(try await runtime.sandboxes(of: nil, timeout: .seconds(30)).count == 3)
    await fake.stop()
    queue.shutdown()
  }

  @Test("an answer without a status is refused and names the sandbox")
  func noStatus() {
    let error = #expect(throws: KubeletStateError.self) {
      try SandboxStatus(PodSandboxStatusResponse(status: nil), sandbox: "s")
    }
    #expect(error?.description == "sandbox s: the runtime's answer has no status")
  }

  @Test("the state of a sandbox comes with the runtime's own words")
  func status() async throws {
    let fake = try FakeContainerRuntime(
      at: socket, queue: queue,
      pods: [
        .init(sandbox: "pod", uid: "u1", info: #"{"pid":7}"#),
        .init(sandbox: "host", uid: "u2", isReady: false, usesHostNetwork: true),
      ])
    let runtime = ContainerRuntime(socket: socket, queue: queue)
    let pod = try await runtime.status(of: "pod", timeout: .seconds(30))
    #expect(
      pod
        == SandboxStatus(
          id: "pod", isReady: true, mode: .pod, info: SandboxInfo(pid: 7, network: .untold, metadataPath: nil)))
    let host = try await runtime.status(of: "host", timeout: .seconds(30))
    #expect(host == SandboxStatus(id: "host", isReady: false, mode: .node, info: .untold))
    let error = await #expect(throws: KubeletStateError.self) {
      try await runtime.status(of: "gone", timeout: .seconds(30))
    }
    #expect(error?.description.contains("no sandbox gone") == true)
    await fake.stop()
    queue.shutdown()
  }

  @Test("a runtime that restarts with a new socket is found again")
  func restart() async throws {
    let first = try FakeContainerRuntime(at: socket, queue: queue, pods: [.init(sandbox: "a", uid: "u1")])
    let runtime = ContainerRuntime(socket: socket, queue: queue)
    #expect(try await runtime.sandboxes(of: .uid("u1"), timeout: .seconds(30)).map(\.id) == ["a"])
    await first.stop()
    let error = await #expect(throws: KubeletStateError.self) {
      try await runtime.sandboxes(of: .uid("u1"), timeout: .seconds(30))
    }
    #expect(error?.description.contains(socket) == true)
    let second = try FakeContainerRuntime(at: socket, queue: queue, pods: [.init(sandbox: "b", uid: "u1")])
    let isBack = await eventually {
      (try? await runtime.sandboxes(of: .uid("u1"), timeout: .seconds(30)))?.map(\.id) == ["b"]
    }
    #expect(isBack)
    await second.stop()
    queue.shutdown()
  }

  @Test("a runtime that does not answer is given up")
  func hanging() async throws {
    let fake = try FakeContainerRuntime(at: socket, queue: queue, pods: [])
    fake.hang()
    let runtime = ContainerRuntime(socket: socket, queue: queue)
    let took = await ContinuousClock().measure {
      await #expect(throws: KubeletStateError.self) {
        try await runtime.sandboxes(of: .uid("u1"), timeout: .milliseconds(100))
      }
    }
    #expect(took < .seconds(30))
    await fake.stop()
    queue.shutdown()
  }

  @Test("the configured endpoint is used as it is, else the first socket that is there")
  func discovery() {
    let present = ["/run/crio/crio.sock", "/run/isulad.sock"]
    #expect(RuntimeSocket.find(configured: nil) { present.contains($0) } == "/run/crio/crio.sock")
    #expect(RuntimeSocket.find(configured: nil) { _ in false } == nil)
    for endpoint in ["unix:///run/x.sock", "unix:/run/x.sock", "/run/x.sock"] {
      #expect(RuntimeSocket.find(configured: endpoint) { _ in false } == "/run/x.sock")
    }
  }

  @Test("the sandbox in use is ready, of the latest attempt, and the newest")
  func current() {
    func sandbox(_ id: String, ready: Bool, attempt: UInt32, at: Int64) -> Sandbox {
      Sandbox(id: id, podUID: "u", isReady: ready, attempt: attempt, createdAt: at)
    }
    #expect(Sandbox.current(of: []) == nil)
    #expect(Sandbox.current(of: [sandbox("a", ready: false, attempt: 3, at: 9)]) == nil)
    let sandboxes = [
      sandbox("a", ready: true, attempt: 0, at: 5), sandbox("b", ready: true, attempt: 1, at: 1),
      sandbox("c", ready: true, attempt: 1, at: 2), sandbox("d", ready: false, attempt: 2, at: 9),
    ]
    #expect(Sandbox.current(of: sandboxes)?.id == "c")
    #expect(Sandbox.current(of: sandboxes.reversed())?.id == "c")
  }
}
