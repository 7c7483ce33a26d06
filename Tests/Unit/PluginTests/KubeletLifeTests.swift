import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// What kubelet does to a plugin in the course of its life: each way in which a registration gets lost, by name.
@Suite("Kubelet's life", .timeLimit(.minutes(3)))
struct KubeletLifeTests {
  private static let atom = PluginTests.atom
  private static let passthrough = PluginTests.passthrough
  static let modes: [RegistrationMode.Choice] = [.direct, .watcher]

  /// Both pools are registered and have all their devices.
  private func isWhole(_ kubelet: KubeletSimulator, within limit: Duration = .seconds(20)) async -> Bool {
    await kubelet.view(within: limit) { view in
      (view[Self.atom].map { $0.allocatable == 3 && $0.socket != nil } ?? false)
        && (view[Self.passthrough].map { $0.allocatable == 1 && $0.socket != nil } ?? false)
    } != nil
  }

  /// A daemon whose pools kubelet has.
  private func whole(
    _ mode: RegistrationMode.Choice, _ settings: SimulatorSettings = SimulatorSettings()
  ) async throws -> RunningPlugin {
    let plugin = try RunningPlugin(mode, settings: settings)
    try #require(await isWhole(plugin.kubelet))
    return plugin
  }

  // MARK: Streams that end and resources that are forgotten

  @Test(arguments: modes) func `a stream that kubelet ends is opened again`(_ mode: RegistrationMode.Choice)
    async throws
  {
    let plugin = try await whole(mode)
    for round in 2...4 {
      plugin.kubelet.dropStream(Self.atom)
      #expect(await plugin.sees(Self.atom) { $0.streamsOpened == round && $0.allocatable == 3 } != nil)
    }
    #expect(plugin.kubelet.view[Self.passthrough]?.streamsOpened == 1, "the other pool was left alone")
    #expect(plugin.log.count("kubelet ended ListAndWatch; registering again") >= 3)
    #expect(await plugin.stop() == 0)
  }

  /// Under the plugin watcher nothing but a new socket file helps: kubelet never dials a known one again.
  @Test(arguments: modes) func `a resource that kubelet has forgotten comes back`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let plugin = try await whole(mode)
    plugin.kubelet.forget(Self.atom)
    #expect(await isWhole(plugin.kubelet))
    #expect(await plugin.stop() == 0)
  }

  // MARK: A kubelet that restarts

  @Test(arguments: modes) func `a kubelet that restarts has every pool again`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let plugin = try await whole(mode)
    for _ in 0..<3 {
      try await plugin.kubelet.restart()
      #expect(await isWhole(plugin.kubelet))
    }
    #expect(await plugin.stop() == 0)
  }

  /// Up to 1.36 the end of a resource's old stream takes its new registration along (kubernetes #121994).
  @Test(arguments: modes) func `an old stream that ends late does not take the new registration along`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    var settings = SimulatorSettings()
    settings.streamEnd = .ofTheResource
    let plugin = try await whole(mode, settings)
    try FileManager.default.removeItem(atPath: try #require(plugin.kubelet.view[Self.atom]?.socket))
    #expect(await plugin.sees(Self.atom) { $0.registrations >= 2 } != nil)
    #expect(await isWhole(plugin.kubelet))
    plugin.kubelet.dropStream(Self.passthrough)
    #expect(await plugin.sees(Self.passthrough) { $0.registrations >= 2 } != nil)
    #expect(await isWhole(plugin.kubelet))
    try await plugin.kubelet.restart()
    #expect(await isWhole(plugin.kubelet))
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: modes) func `a kubelet that dies while it takes registrations`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let plugin = try RunningPlugin(mode)
    for _ in 0..<5 {
      // Wherever the registrations are by now.
      try await plugin.kubelet.restart()
    }
    #expect(await isWhole(plugin.kubelet))
    #expect(await plugin.stop() == 0)
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func `whatever happens in a row, every pool is back in the end`(
    seed: UInt64
  ) async throws {
    var numbers = SeededNumbers(seed: seed)
    let plugin = try RunningPlugin(seed % 2 == 0 ? .direct : .watcher)
    for _ in 0..<12 {
      let resource = Bool.random(using: &numbers) ? Self.atom : Self.passthrough
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: try await plugin.kubelet.restart()
      case 1: plugin.kubelet.forget(resource)
      case 2: plugin.kubelet.dropStream(resource)
      case 3: if let socket = plugin.kubelet.view[resource]?.socket { unlink(socket) }
      case 4: plugin.tell(.reload)
      default: #expect(await isWhole(plugin.kubelet, within: .seconds(60)), "seed \(seed)")
      }
    }
    #expect(await isWhole(plugin.kubelet, within: .seconds(60)), "seed \(seed)")
    #expect(await plugin.stop() == 0)
  }

  // MARK: A socket directory that is in a bad state

  /// In the file system of the socket directory there is room for one more file.
  @Test(.enabled(if: SmallFileSystem.isPossible, "mounting needs root"))
  func `a full socket directory costs one pool until there is room`() async throws {
    let plugin = try RunningPlugin(.watcher, kubeletRuns: false) { options in
      // Before the daemon starts: `change` runs first.
      options.kubelet = KubeletDirectory(options.kubelet.path)
    }
    _ = await plugin.stop()
    let files = try SmallFileSystem(at: plugin.options.kubelet.pluginsRegistry, files: 2)
    defer { files.unmount() }
    let second = try RunningPlugin(.watcher, kubeletRuns: false) { $0.kubelet = plugin.options.kubelet }
    try plugin.kubelet.start()
    #expect(await eventually { second.log.count("error", "cannot serve", "No space left on device") > 0 })
    #expect(await eventually { plugin.kubelet.view.resources.values.count { $0.socket != nil } == 1 })
    #expect(second.sockets.count == 1)
    files.grow(files: 20)
    #expect(await isWhole(plugin.kubelet, within: .seconds(60)))
    #expect(await second.stop() == 0)
    await plugin.kubelet.stop()
  }

  @Test func `something else at a socket's path costs that pool alone, until it is gone`() async throws {
    let plugin = try RunningPlugin(.watcher, kubeletRuns: false)
    _ = await plugin.stop()
    let path = "\(plugin.options.kubelet.pluginsRegistry)/rebellions.ai_ATOM.sock"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let second = try RunningPlugin(.watcher, kubeletRuns: false) { $0.kubelet = plugin.options.kubelet }
    try plugin.kubelet.start()
    #expect(await plugin.sees(Self.passthrough) { $0.allocatable == 1 } != nil)
    #expect(await eventually { second.log.count("error", "cannot serve", path) > 0 })
    rmdir(path)
    #expect(await isWhole(plugin.kubelet, within: .seconds(60)))
    #expect(await second.stop() == 0)
    await plugin.kubelet.stop()
  }

  @Test(arguments: modes) func `two instances: the second waits, and takes over when the first ends`(
    _ mode: RegistrationMode.Choice
  ) async throws {
    let first = try await whole(mode)
    let before = first.kubelet.view
    let second = try RunningPlugin(mode, kubeletRuns: false) { $0.kubelet = first.options.kubelet }
    #expect(await eventually { second.log.count("error", "cannot serve", "another process listens here") > 0 })
    #expect(first.kubelet.view == before, "kubelet has not noticed")
    first.tell(.stop(name: "test"))
    #expect(await first.exitCode == 0)
    #expect(await isWhole(first.kubelet, within: .seconds(60)))
    #expect(await second.stop() == 0)
    await first.kubelet.stop()
  }

  // MARK: A kubelet that is away for long

  /// Twelve hours on the state machine's own clock.
  @Test func `a kubelet that is absent for hours is asked twice a minute, and found at once`() {
    var state = PoolEndpointState(mode: .direct)
    var now = 0.0
    var attempts = 0
    var deadline: Double?
    var events: [PoolEndpointState.Event] = [.start, .listened]
    while now < 12 * 3600 {
      for event in events {
        for action in state.handle(event) {
          switch action {
          case .register: attempts += 1
          case .startTimer(let seconds): deadline = now + seconds
          case .stopTimer: deadline = nil
          case .listen, .close, .report: break
          }
        }
      }
      if state.phase == .registering {
        events = [.registrationFailed("kubelet.sock: connection refused")]
      } else {
        guard let due = deadline else { break }
        #expect(due - now <= 30)
        now = due
        deadline = nil
        events = [.timer]
      }
    }
    #expect(now >= 12 * 3600, "it never gives up")
    #expect(attempts <= 12 * 3600 / 30 + 10)
    #expect(state.handle(.kubeletAppeared) == [.stopTimer, .register], "it need not wait for its turn")
  }

  /// Kubelet comes to the socket by itself; one timer finds out whether its watcher looks elsewhere.
  @Test func `under the plugin watcher an absent kubelet costs one timer`() {
    var state = PoolEndpointState(mode: .watcher)
    #expect(state.handle(.start) == [.listen])
    #expect(state.handle(.listened) == [.startTimer(seconds: 30)])
    #expect(state.phase == .awaitingKubelet)
  }
}
