import DevicePluginFrontEnd
import Glibc
import KubeletAPI
import TestSupport
import Testing

@testable import Agent

@Suite("Calls without gRPC", .timeLimit(.minutes(2))) struct EndpointCallTests {
  @Test func aPoolsServerAnswers() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees(PluginTests.passthrough) != nil)
    let path = "\(plugin.options.kubelet.devicePlugins)/rebellions.ai_passthrough.sock"
    for _ in 0..<100 { #expect(EndpointCall.make(at: path, limit: .seconds(10)) == .answered) }
    #expect(await plugin.stop() == 0)
    #expect(EndpointCall.make(at: path, limit: .seconds(10)) == .refused)
  }

  /// One that listens and never accepts: its backlog is full in the end.
  @Test func aServerThatDoesNotAnswerIsSilent() throws {
    let directory = try TemporaryDirectory()
    let path = directory["s"]
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
    }
    #expect(bound == 0 && listen(listener, 0) == 0)
    for _ in 0..<3 { #expect(EndpointCall.make(at: path, limit: .milliseconds(200)) == .silent) }
  }
}
