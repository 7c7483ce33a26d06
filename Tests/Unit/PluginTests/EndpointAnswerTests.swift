import Foundation
import GRPC
import KubeletAPI
import KubeletSimulator
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// What one endpoint answers, asked without the stand-in between.
@Suite("Answers over the socket", .timeLimit(.minutes(2)))
struct EndpointAnswerTests {
  private static let passthrough = "rebellions.ai/passthrough"

  private struct Endpoint {
    let queue = CompletionQueue()
    let channel: RPCChannel

    init(_ socket: String) { channel = RPCChannel(queue: queue, path: socket) }

    func call<Answer: WireMessage>(_ method: String, _ request: some WireMessage) async throws -> Answer {
      let answer = try await channel.unary(method, ByteBuffer(request.encoded()), timeout: .seconds(10))
      return try Answer(decoding: answer.bytes)
    }
  }

  /// A daemon whose pool `passthrough` is served, and its endpoint.
  private func serving(
    _ registration: RegistrationMode.Choice = .watcher, change: (inout Options) -> Void = { _ in },
    _ body: (Endpoint, RunningPlugin) async throws -> Void
  ) async throws {
    let plugin = try RunningPlugin(registration, change: change)
    let view = try #require(await plugin.sees(Self.passthrough))
    let endpoint = Endpoint(try #require(view.socket))
    do {
      try await body(endpoint, plugin)
    } catch {
      endpoint.queue.shutdown()
      _ = await plugin.stop()
      throw error
    }
    endpoint.queue.shutdown()
    #expect(await plugin.stop() == 0)
  }

  @Test func whoItIsInThePluginRegistry() async throws {
    try await serving { endpoint, plugin in
      let info: PluginInfo = try await endpoint.call(KubeletMethod.getInfo, InfoRequest())
      #expect(info.type == "DevicePlugin")
      #expect(info.name == Self.passthrough)
      #expect(info.endpoint == plugin.options.kubelet.pluginsRegistry + "/rebellions.ai_passthrough.sock")
      #expect(info.supportedVersions == ["v1alpha1", "v1beta1"])
    }
  }

  /// Endpoints are made before the host is known; nobody is to hear of that.
  @Test func devicesThatAreFoundAtStartAreNoChange() async throws {
    try await serving { _, plugin in
      #expect(plugin.log.all("listening").contains { $0.metadata["resource"] == Self.passthrough })
      #expect(plugin.log.all("devices changed").isEmpty)
    }
  }

  @Test func optionsAndCallsThatNobodyNeeds() async throws {
    try await serving { endpoint, _ in
      let options: DevicePluginOptions = try await endpoint.call(KubeletMethod.getDevicePluginOptions, Empty())
      #expect(options == DevicePluginOptions(preStartRequired: false, preferredAllocationAvailable: true))
      let ids = ["0000:b8:00.0"]
      let preferred: PreferredAllocationResponse = try await endpoint.call(
        KubeletMethod.getPreferredAllocation,
        PreferredAllocationRequest(containers: [.init(available: ids, size: 1)]))
      #expect(preferred.containers.flatMap { $0 } == [])
      let _: PreStartContainerResponse = try await endpoint.call(
        KubeletMethod.preStartContainer, PreStartContainerRequest(deviceIDs: ids))
    }
  }

  @Test func oneAnswerForEachContainerInTheirOrder() async throws {
    try await serving { endpoint, _ in
      let answer: AllocateResponse = try await endpoint.call(
        KubeletMethod.allocate, AllocateRequest(containers: [["0000:b8:00.0"], [], ["0000:b8:00.0"]]))
      #expect(
        answer.containers.map { $0.environment["PCIDEVICE_REBELLIONS_AI_PASSTHROUGH"] }
          == ["0000:b8:00.0", "", "0000:b8:00.0"])
      #expect(answer.containers.map(\.devices.count) == [2, 0, 2])
      let none: AllocateResponse = try await endpoint.call(KubeletMethod.allocate, AllocateRequest(containers: []))
      #expect(none.containers.isEmpty)
    }
  }

  /// Containers that kubelet restarts resolve CDI names before any Allocate: after a reboot the file must be there.
  @Test func theSpecIsThereBeforeKubeletHearsOfThePool() async throws {
    let plugin = try RunningPlugin(.watcher, kubeletRuns: false, change: { $0.cdi = .both })
    let socket = plugin.options.kubelet.pluginsRegistry + "/rebellions.ai_passthrough.sock"
    #expect(await eventually { FileManager.default.fileExists(atPath: socket) })
    let file = plugin.directory["run/cdi/sriov-dp-rebellions.ai-net-accel-passthrough.json"]
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("\"name\": \"0000:b8:00.0\""))
    #expect(await plugin.stop() == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text, "containers of running pods may start again")
  }
}
