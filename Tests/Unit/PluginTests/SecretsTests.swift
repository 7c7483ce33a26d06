import Foundation
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// Values of `additionalInfo` may be tokens: containers get them, and nobody else.
@Suite struct SecretsTests {
  private static let secret = "s3cr3t"
  private static func config(_ info: String) -> String {
    """
    {"resourceList": [{"resourceName": "cards", "resourcePrefix": "example.com", "deviceType": "accelerator",
      "selectors": {"vendors": ["8086"]}, "additionalInfo": \(info)}]}
    """
  }

  private static let machine = Repository.root.appending(path: "Tests/Fixtures/Machines/intel-e810-x710.tree")
    .path

  @Test func noLineOfTheLogHasThem() async throws {
    let lines = LogLines()
    let plugin = try RunningPlugin(.direct, config: Self.config(#"{"*": {"token": "\#(Self.secret)"}}"#), lines: lines)
    {
      $0.hostRoot = Self.machine
    }
    _ = try #require(await plugin.sees("example.com/cards"))
    let pod = Pod("p", asking: "example.com/cards")
    let container = try #require(try await plugin.kubelet.admit(pod).first)
    #expect("\(container)".contains(Self.secret))
    for broken in [#"{"*": {"token": ["\#(Self.secret)"]}}"#, #"{"*": "\#(Self.secret)"}"#, #"{"\#(Self.secret)"#] {
      let before = lines.all.count
      try plugin.config(Self.config(broken))
      plugin.tell(.reload)
      #expect(await eventually { lines.all.count > before })
    }
    #expect(await plugin.stop() == 0)
    #expect(lines.all.count > 5)
    #expect(lines.all.filter { "\($0)".contains(Self.secret) } == [])
  }
}
