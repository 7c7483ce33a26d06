import Foundation
import GRPC
import HostInventory
import JSONText
import KubeletSimulator
import Observability
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// `/inventory` and `/inventory.json` of a daemon that serves devices meanwhile.
@Suite("The served inventory", .timeLimit(.minutes(2))) struct ServedInventoryTests {
  private func serving(_ config: String = RunningPlugin.npus, machine: MachineTree? = nil) throws -> RunningPlugin {
    try RunningPlugin(.direct, config: config, machine: machine) { options in
      options.listen = ListenAddress("127.0.0.1:0")
      options.nodeName = "worker-7"
      options.verbosity = 0
    }
  }

  /// Head and body of a page, once the daemon listens and has read the host.
  private func page(_ path: String, of plugin: RunningPlugin) async throws -> (head: String, body: String) {
    #expect(await eventually { plugin.log.count("status pages are served") > 0 })
    let line = try #require(plugin.log.all("status pages are served").first)
    let port = try #require(UInt16("\(line.metadata["port"] ?? "")"))
    let isRead = await eventually {
      (try? HTTPClient.page("/inventory", port: port))??.hasPrefix("HTTP/1.1 200") == true
    }
    #expect(isRead)
    let answer = try #require(try HTTPClient.page(path, port: port))
    let end = try #require(answer.range(of: "\r\n\r\n"))
    return (String(answer[..<end.lowerBound]), String(answer[end.upperBound...]))
  }

  @Test func showsPoolsAndPodsAsTheSubcommandDoes() async throws {
    let plugin = try serving()
    #expect(await plugin.sees(PluginTests.passthrough) != nil)
    let pod = Pod(
      uid: "u1", name: "worker", namespace: "batch",
      containers: [.init(name: "train", requests: [ResourceRequest(resource: PluginTests.passthrough, count: 1)])])
    _ = try await plugin.kubelet.admit(pod)
    let (head, body) = try await page("/inventory", of: plugin)
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"))
    #expect(head.contains("Content-Security-Policy: default-src 'none'; style-src 'sha256-"))
    #expect(body.contains("<h1>Devices of worker-7</h1>") && body.contains(plugin.directory["config.json"]))
    #expect(body.contains("<dt>pods</dt><dd>batch/worker (train)</dd>"))
    let json = try await page("/inventory.json", of: plugin)
    #expect(json.head.contains("Content-Type: application/json\r\n"))
    let value = try JSONNode.parse(Array(json.body.utf8))
    #expect(value["node"]?.string == "worker-7" && value["configFiles"]?.array?.count == 1)
    let used = value["devices"]?.array?.filter { $0["pods"]?.array?.isEmpty == false } ?? []
    #expect(used.map { $0["id"]?.string } == ["0000:b8:00.0"])
    #expect(await plugin.stop() == 0)
  }

  /// Its values may be tokens for the workload.
  @Test func additionalInfoIsNotShown() async throws {
    let plugin = try serving(
      """
      {"resourceList": [
        {"resourceName": "ATOM", "resourcePrefix": "rebellions.ai", "deviceType": "accelerator",
         "additionalInfo": {"*": {"token": "swordfish"}}, "selectors": {"vendors": ["1eff"]}}]}
      """)
    #expect(await plugin.sees("rebellions.ai/ATOM") != nil)
    for path in ["/inventory", "/inventory.json", "/"] {
      let (head, body) = try await page(path, of: plugin)
      #expect(head.hasPrefix("HTTP/1.1 200 ") && !body.contains("swordfish") && !body.contains("token"), "\(path)")
    }
    #expect(await plugin.stop() == 0)
  }

  @Test func aPageOf512VirtualFunctionsIsServedWhole() async throws {
    let plugin = try serving(machine: try MachineTree(text: Self.many(512)))
    let (head, body) = try await page("/inventory", of: plugin)
    #expect(head.contains("Content-Length: \(body.utf8.count)"))
    #expect(body.contains("1 PF · 512 VFs") && body.hasSuffix("</html>\n"))
    let devices = try JSONNode.parse(Array(try await page("/inventory.json", of: plugin).body.utf8))["devices"]
    #expect(devices?.array?.count == 513)
    #expect(await plugin.stop() == 0)
  }

  private static func many(_ count: Int) -> String {
    let bridge = "sys/devices/pci0000:3a/0000:3a:00.0"
    func function(_ address: String, _ ids: String, _ more: [String]) -> [String] {
      [
        "link sys/bus/pci/devices/\(address) -> ../../../\(bridge.dropFirst(4))/\(address)",
        "file \(bridge)/\(address)/modalias pci:\(ids)sv00008086sd00000002bc02sc00i00",
        "file \(bridge)/\(address)/numa_node 0",
      ] + more.map { $0.replacing("DIRECTORY", with: "\(bridge)/\(address)") }
    }
    let parent = "0000:3b:00.0"
    var lines = ["machine one PF with \(count) VFs"]
    lines += function(
      parent, "v00008086d00001592", ["file DIRECTORY/sriov_totalvfs \(count)", "file DIRECTORY/sriov_numvfs \(count)"])
    for number in 0..<count {
      let place = number + 8
      let address = PCIAddress(
        domain: 0, bus: UInt8(0x3b + place / 256), device: UInt8(place / 8 % 32), function: UInt8(place % 8))
      lines += function(
        "\(address)", "v00008086d00001889",
        ["link DIRECTORY/physfn -> ../\(parent)", "link \(bridge)/\(parent)/virtfn\(number) -> ../\(address)"])
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
