import DevicePluginFrontEnd
import Foundation
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent

/// A hostPath mount has made `plugins_registry`, and kubelet's plugin watcher looks elsewhere.
@Suite("kubelet's plugin watcher does not come", .timeLimit(.minutes(1)))
struct AbsentWatcherTests {
  private static let warning = "kubelet's plugin watcher does not come"

  /// Kubelet serves its registration socket and does not look at the directory that the daemon sees.
  private func plugin(_ registration: RegistrationMode.Choice, patience: Double = 0.3) throws -> RunningPlugin {
    try RunningPlugin(.direct) { options in
      options.registration = registration
      options.watcherPatience = patience
      try? FileManager.default.createDirectory(
        atPath: options.kubelet.pluginsRegistry, withIntermediateDirectories: true)
    }
  }

  @Test func autoRegistersOnKubeletsOwnSocket() async throws {
    let plugin = try plugin(.auto)
    let view = try #require(await plugin.sees("rebellions.ai/ATOM") { $0.allocatable == 3 })
    #expect(view.registrations == 1)
    #expect(await plugin.sees("rebellions.ai/passthrough") { $0.allocatable == 1 } != nil)
    let lines = plugin.log.all.filter { $0.message.hasPrefix(Self.warning) }
    #expect(lines.count == 1, "\(lines)")
    #expect(lines.first?.metadata["advice"]?.contains("-kubelet-dir") == true)
    #expect(await plugin.stop() == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: plugin.options.kubelet.pluginsRegistry)
    #expect(left.filter { $0.hasSuffix(".sock") }.isEmpty)
  }

  /// What was asked for is done, and said once.
  @Test func watcherWarns() async throws {
    let plugin = try plugin(.watcher, patience: 0.1)
    #expect(await eventually { plugin.log.count("warning", Self.warning, "-registration direct") == 1 })
    // Time for more: the endpoint reports its wait every 0.1 s.
    #expect(await eventually { plugin.log.all(Self.warning).count == 1 })
    #expect(plugin.kubelet.view["rebellions.ai/ATOM"] == nil)
    #expect(await plugin.stop() == 0)
  }

  /// Nobody can tell as long as kubelet does not run.
  @Test func aKubeletThatDoesNotRunIsWaitedFor() async throws {
    let directory = try TemporaryDirectory()
    let plugin = try RunningPlugin(.watcher, kubeletRuns: false) { $0.watcherPatience = 0.1 }
    _ = directory
    #expect(await eventually { plugin.log.count("listening") == 2 })
    let missing = "kubelet does not come, and its socket is missing"
    #expect(await eventually { plugin.log.count("warning", missing, "-kubelet-dir") == 1 })
    #expect(await plugin.stop() == 0)
    #expect(plugin.log.count(missing) == 1)
    #expect(plugin.log.count(Self.warning) == 0)
  }
}
