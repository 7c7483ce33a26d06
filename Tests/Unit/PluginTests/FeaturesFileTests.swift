import DevicePluginFrontEnd
import Foundation
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent

@Suite("The features file", .timeLimit(.minutes(1))) struct FeaturesFileTests {
  @Test func followsThePools() async throws {
    let folder = try TemporaryDirectory()
    let path = folder["features.d/devicepool"]
    let plugin = try RunningPlugin(.direct) { $0.featuresFile = path }
    @Sendable func text() -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    #expect(await eventually { text().contains("rebellions.ai/ATOM.count=3\n") }, "\(text())")
    #expect(text().contains("rebellions.ai/passthrough.count=1\n"))
    try plugin.config(#"{"resourceList":[]}"#)
    plugin.tell(.reload)
    #expect(await eventually { text().isEmpty })
    #expect(await plugin.stop() == 0)
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder["features.d"]) == ["devicepool"])
  }

  @Test func whatCannotBeWrittenIsSaidOnce() async throws {
    let plugin = try RunningPlugin(.direct) { $0.featuresFile = "/proc/no/such/devicepool" }
    #expect(await plugin.sees("rebellions.ai/ATOM") { $0.allocatable == 3 } != nil)
    plugin.tell(.reload)
    #expect(await eventually { plugin.log.count("configuration read again") == 1 })
    #expect(await plugin.stop() == 0)
    #expect(plugin.log.count("warning", "features cannot be written") == 1)
  }
}
