import Foundation
import JSONText
import KubeletSimulator
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd
@testable import Observability

@Suite("What the daemon logs", .timeLimit(.minutes(2))) struct LogTests {
  private static let config = """
    {"resourceList": [
      {"resourceName": "ATOM", "resourcePrefix": "rebellions.ai", "deviceType": "accelerator",
       "additionalInfo": {"*": {"token": "open sesame"}},
       "selectors": {"vendors": ["1eff"], "drivers": ["rebellions"]}}]}
    """

  @Test func theConfigurationInEffectOnceAndWithoutSecrets() async throws {
    let lines = LogLines()
    let plugin = try RunningPlugin(.direct, config: Self.config, lines: lines)
    #expect(await plugin.sees(PluginTests.atom) != nil)
    try plugin.config(Self.config.replacingOccurrences(of: "ATOM", with: "CA25"))
    #expect(await plugin.sees("rebellions.ai/CA25") != nil)
    #expect(await plugin.stop() == 0)
    #expect(lines.all("configuration").map { $0.metadata["pools"] } == ["1"])
    #expect(lines.all("configuration read again").count == 1)
    let pools = lines.all("pool").map(\.metadata)
    #expect(pools.map { $0["resource"] } == ["rebellions.ai/ATOM", "rebellions.ai/CA25"])
    #expect(pools.first?["selectors.drivers"] == "rebellions")
    #expect(pools.first?["additionalInfo.*.token"] == "redacted")
    for line in lines.all {
      #expect(!line.message.contains("sesame") && !line.metadata.values.contains { $0.contains("sesame") })
    }
    #expect(lines.all("starting").map { $0.metadata["version"] } == [Version.number])
  }

  @Test func anAllocationCanBeTracedToItsPod() async throws {
    let lines = LogLines()
    let plugin = try RunningPlugin(.direct, lines: lines)
    #expect(await plugin.sees(PluginTests.atom) { $0.allocatable == 3 } != nil)
    let pod = Pod(
      uid: "u1", name: "worker", namespace: "batch",
      containers: [.init(name: "train", requests: [ResourceRequest(resource: PluginTests.atom, count: 2)])])
    _ = try await plugin.kubelet.admit(pod)
    let said = await eventually(within: .seconds(20)) { !lines.all("in use").isEmpty }
    #expect(said)
    #expect(await plugin.stop() == 0)
    let allocated = try #require(lines.all("allocated").first)
    #expect(allocated.metadata["resource"] == PluginTests.atom)
    let use = try #require(lines.all("in use").first)
    #expect(use.metadata["ids"] == allocated.metadata["ids"])
    #expect(use.metadata["ids"]?.split(separator: ",").count == 2)
    #expect(
      [use.metadata["resource"], use.metadata["namespace"], use.metadata["pod"], use.metadata["container"]]
        == [PluginTests.atom, "batch", "worker", "train"])
  }

  /// A message is a constant, so that it can be counted; what varies is in the keys.
  @Test func messagesAreConstants() throws {
    let sources = Repository.root.appending(path: "Sources")
    for path in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      let calls = text.matches(of: #/\blog\.(?:info|warning|error|debug|notice|critical)\(\s*"([^"]*)/#)
      for call in calls { #expect(!call.output.1.contains("\\("), "\(path): \(call.output.1)") }
    }
  }
}
