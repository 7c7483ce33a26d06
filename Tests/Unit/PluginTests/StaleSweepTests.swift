import Foundation
import KubeletAPI
import KubeletSimulator
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// Left-overs go at start, as far as somebody says which pod has what.
@Suite("Left-overs at start", .timeLimit(.minutes(1))) struct StaleSweepTests {
  private static let stale = "sriov-dp-intel.com-net-pci-gone.yaml"

  /// A daemon with CDI that finds specs of an earlier run; `checkpoint` is kubelet's, before it starts.
  private func start(kubeletRuns: Bool, checkpoint: String? = nil) throws -> RunningPlugin {
    try RunningPlugin(
      .watcher, kubeletRuns: kubeletRuns,
      change: { options in
        options.cdi = .both
        let files = FileManager.default
        let cdi = "\(options.runDirectory ?? "")/cdi"
        try? files.createDirectory(atPath: cdi, withIntermediateDirectories: true)
        for name in [Self.stale, "nvidia.com-gpu.yaml"] {
          _ = files.createFile(atPath: "\(cdi)/\(name)", contents: Data())
        }
        guard let checkpoint else { return }
        try? files.createDirectory(atPath: options.kubelet.devicePlugins, withIntermediateDirectories: true)
        _ = files.createFile(atPath: options.kubelet.checkpoint, contents: Data(checkpoint.utf8))
      })
  }

  /// What is left when the first socket is there: the sweep comes before it.
  private func left(by plugin: RunningPlugin) async throws -> [String] {
    #expect(await eventually { plugin.sockets.count == 2 })
    let names = try FileManager.default.contentsOfDirectory(atPath: plugin.directory["run/cdi"])
    #expect(await plugin.stop() == 0)
    return names.filter { !$0.contains("rebellions.ai") }.sorted()
  }

  @Test func podResourcesTellThatNobodyHasIt() async throws {
    #expect(try await left(by: start(kubeletRuns: true)) == ["nvidia.com-gpu.yaml"])
  }

  /// Without that socket, kubelet's checkpoint: a pod has a device of the pool that is gone.
  @Test func theCheckpointTellsWhoHasIt() async throws {
    let entry =
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"intel.com/gone","DeviceIDs":{"-1":["0000:3b:02.0"]}}"#
    let held = #"{"Data":{"PodDeviceEntries":[\#(entry)],"RegisteredDevices":{}},"Checksum":1}"#
    #expect(try await left(by: start(kubeletRuns: false, checkpoint: held)).contains(Self.stale))
    let nobody = #"{"Data":{"PodDeviceEntries":null,"RegisteredDevices":{}},"Checksum":1}"#
    #expect(try await left(by: start(kubeletRuns: false, checkpoint: nobody)) == ["nvidia.com-gpu.yaml"])
  }

  @Test func whereNothingCanBeReadNothingIsRemoved() async throws {
    #expect(try await left(by: start(kubeletRuns: false, checkpoint: "no checkpoint")).contains(Self.stale))
  }
}
