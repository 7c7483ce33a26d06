import Foundation
import GRPC
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

@Suite("The daemon and kubelet, over real sockets", .timeLimit(.minutes(2)))
struct PluginTests {
  static let atom = "rebellions.ai/ATOM"
  static let passthrough = "rebellions.ai/passthrough"

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func listsAllocatesAndEnds(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration)
    #expect(await plugin.sees(Self.atom) { $0.allocatable == 3 } != nil)
    #expect(await plugin.sees(Self.passthrough) { $0.allocatable == 1 } != nil)
    let pod = Pod("u1", asking: Self.passthrough)
    let container = try #require(try await plugin.kubelet.admit(pod).first)
    #expect(container.environment["PCIDEVICE_REBELLIONS_AI_PASSTHROUGH"] == "0000:b8:00.0")
    #expect(container.devices.map(\.containerPath) == ["/dev/vfio/vfio", "/dev/vfio/7"])
    #expect(plugin.sockets == ["rebellions.ai_ATOM.sock", "rebellions.ai_passthrough.sock"])
    #expect(await plugin.stop() == 0)
    #expect(plugin.sockets == [])
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func kubeletRestarts(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration)
    #expect(await plugin.sees(Self.atom) != nil)
    for _ in 0..<3 {
      try await plugin.kubelet.restart()
      #expect(await plugin.sees(Self.atom) { $0.allocatable == 3 && $0.socket != nil } != nil)
      #expect(await plugin.sees(Self.passthrough) { $0.allocatable == 1 && $0.socket != nil } != nil)
    }
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func endedStreamIsOpenedAgain(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration)
    let before = try #require(await plugin.sees(Self.atom))
    plugin.kubelet.dropStream(Self.atom)
    #expect(await plugin.sees(Self.atom) { $0.streamsOpened > before.streamsOpened && $0.allocatable == 3 } != nil)
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func removedSocketFileIsMadeAgain(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration)
    let before = try #require(await plugin.sees(Self.atom))
    try FileManager.default.removeItem(atPath: try #require(before.socket))
    #expect(await plugin.sees(Self.atom) { $0.registrations > before.registrations && $0.allocatable == 3 } != nil)
    #expect(plugin.sockets.count == 2)
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func refusedRegistrationIsTriedAgain(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration, kubeletRuns: false)
    plugin.kubelet.refuseRegistration(of: Self.atom, because: "not today")
    try plugin.kubelet.start()
    #expect(await plugin.sees(Self.passthrough) != nil)
    plugin.kubelet.refuseRegistration(of: Self.atom, because: nil)
    #expect(await plugin.sees(Self.atom) { $0.allocatable == 3 } != nil)
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: [RegistrationMode.Choice.direct, .watcher])
  func kubeletMayComeLater(_ registration: RegistrationMode.Choice) async throws {
    let plugin = try RunningPlugin(registration, kubeletRuns: false)
    #expect(await eventually { plugin.sockets.count == 2 })
    try plugin.kubelet.start()
    #expect(await plugin.sees(Self.atom) { $0.allocatable == 3 } != nil)
    #expect(await plugin.stop() == 0)
  }

  @Test func unknownDeviceIsRefusedByName() async throws {
    let plugin = try RunningPlugin(.watcher)
    #expect(await plugin.sees(Self.atom) != nil)
    do {
      _ = try await plugin.kubelet.allocate(Self.atom, ids: ["0000:ff:1f.7"])
      Issue.record("an unknown device was allocated")
    } catch {
      #expect("\(error)".contains("0000:ff:1f.7"))
      #expect("\(error)".contains(Self.atom))
    }
    #expect(await plugin.stop() == 0)
  }

  @Test func secondInstanceLeavesTheFirstOnesSocketsAlone() async throws {
    let plugin = try RunningPlugin(.watcher)
    let before = try #require(await plugin.sees(Self.atom))
    let queue = CompletionQueue()
    let rival = RPCServer(queue: queue, methods: [:])
    let socket = try #require(before.socket)
    #expect(throws: ListenError.self) { try rival.listen(at: socket) }
    _ = try await plugin.kubelet.allocate(Self.atom, count: 1)
    #expect(plugin.kubelet.view[Self.atom]?.streamsOpened == before.streamsOpened)
    #expect(await plugin.stop() == 0)
  }
}

@Suite("The daemon follows its host and its configuration", .timeLimit(.minutes(2)))
struct FollowingTests {
  private static let atom = PluginTests.atom
  private static let passthrough = PluginTests.passthrough

  /// Driver rebound from vfio-pci to rebellions, as `driver_override` and a probe would.
  private func rebind(_ plugin: RunningPlugin) throws {
    let link = plugin.machine.place("sys/devices/pci0000:b8/0000:b8:00.0/driver")
    try FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "../../../bus/pci/drivers/rebellions")
  }

  @Test func reboundDeviceChangesPools() async throws {
    let plugin = try RunningPlugin(.watcher)
    #expect(await plugin.sees(Self.passthrough) != nil)
    let before = try #require(await plugin.sees(Self.atom) { $0.capacity == 3 })
    try rebind(plugin)
    plugin.tell(.reload)
    let after = try #require(await plugin.sees(Self.atom) { $0.capacity == 4 })
    #expect(after.streamsOpened == before.streamsOpened, "the list changed in place")
    #expect(await eventually { plugin.kubelet.view[Self.passthrough]?.allocatable ?? 0 == 0 })
    #expect(await plugin.stop() == 0)
  }

  @Test func aPodsDeviceStaysInItsListUntilThePodEnds() async throws {
    let plugin = try RunningPlugin(.watcher)
    #expect(await plugin.sees(Self.passthrough) != nil)
    _ = try await plugin.kubelet.admit(Pod("u1", asking: Self.passthrough))
    try rebind(plugin)
    plugin.tell(.reload)
    let held = try #require(await plugin.sees(Self.passthrough) { $0.allocatable == 0 && $0.capacity == 1 })
    #expect(held.devices.map(\.id) == ["0000:b8:00.0"])
    #expect(plugin.kubelet.view[Self.atom]?.capacity == 3)
    try plugin.kubelet.delete(podUID: "u1")
    plugin.tell(.reload)
    #expect(await plugin.sees(Self.atom) { $0.capacity == 4 } != nil)
    #expect(await plugin.stop() == 0)
  }

  @Test func changedConfigurationIsAppliedInPlace() async throws {
    let plugin = try RunningPlugin(.watcher)
    let before = try #require(await plugin.sees(Self.atom) { $0.capacity == 3 })
    #expect(await plugin.sees(Self.passthrough) != nil)
    try plugin.config(
      RunningPlugin.npus.replacingOccurrences(of: "\"passthrough\"", with: "\"vm\""))
    #expect(await plugin.sees("rebellions.ai/vm") { $0.allocatable == 1 } != nil)
    #expect(await eventually { !plugin.sockets.contains("rebellions.ai_passthrough.sock") })
    #expect(plugin.kubelet.view[Self.atom]?.streamsOpened == before.streamsOpened)
    #expect(plugin.kubelet.view[Self.atom]?.registrations == before.registrations)
    #expect(await plugin.stop() == 0)
  }

  @Test func badConfigurationChangesNothing() async throws {
    let plugin = try RunningPlugin(.watcher)
    let before = try #require(await plugin.sees(Self.atom) { $0.capacity == 3 })
    try plugin.config("{\"resourceList\": [")
    // A good one afterwards shows that the bad one was seen and survived.
    try plugin.config(RunningPlugin.npus.replacingOccurrences(of: "\"passthrough\"", with: "\"vm\""))
    #expect(await plugin.sees("rebellions.ai/vm") != nil)
    #expect(plugin.kubelet.view[Self.atom]?.streamsOpened == before.streamsOpened)
    #expect(await plugin.stop() == 0)
  }

  @Test func badConfigurationAtStartEndsWithOne() async throws {
    let plugin = try RunningPlugin(.watcher, config: "{\"resourceList\": [{\"resourceName\": \"a.b\"}]}")
    #expect(await plugin.stop() == 1)
  }

  @Test func missingKubeletDirectoryEndsWithThree() async throws {
    let plugin = try RunningPlugin(.direct, change: { $0.kubelet = KubeletDirectory("/nowhere") })
    #expect(await plugin.stop() == 3)
  }
}
