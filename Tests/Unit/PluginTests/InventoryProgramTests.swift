import Foundation
import JSONText
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// `devicepool inventory` beside a daemon and a kubelet that has given devices away.
@Suite("The inventory of a node in use", .timeLimit(.minutes(2))) struct InventoryProgramTests {
  private func inventory(_ plugin: RunningPlugin, _ arguments: String...) throws -> (code: Int32, output: String) {
    try run("inventory", beside: plugin, arguments)
  }

  private func run(
    _ subcommand: String, beside plugin: RunningPlugin, _ arguments: [String]
  ) throws -> (code: Int32, output: String) {
    try run(subcommand, on: ["-host-root", plugin.options.hostRoot], plugin, arguments)
  }

  private func run(
    _ subcommand: String, on host: [String], _ plugin: RunningPlugin, _ arguments: [String]
  ) throws -> (code: Int32, output: String) {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("devicepool").path
    let output = plugin.directory["output"]
    let words = [program, subcommand] + host + ["-kubelet-dir", plugin.options.kubelet.path]
    let child = try ChildProcess(words + arguments, output: output)
    let code = child.wait()
    return (code, try String(contentsOfFile: output, encoding: .utf8))
  }

  @Test func showsThePodOfADevice() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees(PluginTests.passthrough) != nil)
    let pod = Pod(
      uid: "u1", name: "worker", namespace: "batch",
      containers: [.init(name: "train", requests: [ResourceRequest(resource: PluginTests.passthrough, count: 1)])])
    _ = try await plugin.kubelet.admit(pod)
    let (code, text) = try inventory(plugin, "-config-file", plugin.directory["config.json"], "-o", "json")
    #expect(code == 0)
    let devices = try #require(try JSONNode.parse(Array(text.utf8))["devices"]?.array)
    let used = devices.filter { $0["pods"]?.array?.isEmpty == false }
    #expect(used.map { $0["id"]?.string } == ["0000:b8:00.0"])
    let use = try #require(used.first?["pods"]?.array?.first)
    #expect(
      ["namespace", "name", "container", "resource"].map { use[$0]?.string } == [
        "batch", "worker", "train", PluginTests.passthrough,
      ])
    let page = try inventory(plugin, "-config-file", plugin.directory["config.json"], "-o", "html").output
    #expect(page.contains("<dt>pods</dt><dd>batch/worker (train)</dd>"))
    #expect(await plugin.stop() == 0)
  }

  /// kubelet's pods decide what `explain` says of a device that the pool no longer selects.
  @Test func explainsWhatAPodKeeps() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees(PluginTests.passthrough) != nil)
    _ = try await plugin.kubelet.admit(Pod("u1", asking: PluginTests.passthrough))
    let other = RunningPlugin.npus.replacing("vfio-pci", with: "another")
    try other.write(toFile: plugin.directory["other.json"], atomically: true, encoding: .utf8)
    let (code, text) = try run(
      "explain", beside: plugin, ["-config-file", plugin.directory["other.json"], "0000:b8:00.0"])
    #expect(code == 0)
    let held = "kept for a pod; otherwise drivers: saw vfio-pci, want another; Unhealthy: "
    #expect(text.contains("rebellions.ai/passthrough (resourceList[1]): \(held)"), "\(text)")
    #expect(await plugin.stop() == 0)
  }

  /// The interface of a device that a prepared claim has is in the pod, also before kubelet lists that pod.
  @Test(arguments: [true, false]) func aPreparedClaimHasItsDevice(_ isPrepared: Bool) async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees(PluginTests.passthrough) != nil)
    let machine = plugin.directory["lost.tree"]
    try MachineTree.text(named: "lost-netdev").write(toFile: machine, atomically: true, encoding: .utf8)
    let config = plugin.directory["dra.json"]
    try #"{"resourceList":[{"resourceName":"net","serve":"dra","selectors":{"devices":["1889"]}}]}"#
      .write(toFile: config, atomically: true, encoding: .utf8)
    if isPrepared {
      let directory = plugin.options.kubelet.path + "/plugins/devicepool"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try """
      {"version":1,"claims":[{"uid":"u1","namespace":"batch","name":"c1","devices":[{"request":"r",\
      "pool":"n/intel.com/net","device":"0000-3b-01-1","share":"","admin":false,"resourcePrefix":"intel.com",\
      "resourceName":"net","unit":"0000:3b:01.1","id":"0000:3b:01.1","cdi":[],"deviceInfo":""}]}]}
      """.write(toFile: directory + "/claims.json", atomically: true, encoding: .utf8)
    }
    let (code, text) = try run(
      "inventory", on: ["-machine", machine], plugin, ["-config-file", config, "-node-name", "n", "-o", "json"])
    #expect(code == 0, "\(text)")
    let node = try JSONNode.parse(Array(text.utf8))
    let device = try #require(node["devices"]?.array?.first { $0["id"]?.string == "0000:3b:01.1" })
    #expect(device["health"]?.string == (isPrepared ? "Healthy" : "Unhealthy"), "\(text)")
    #expect(device["claims"]?.array?.compactMap(\.string) == (isPrepared ? ["claim c1 (devicepool) of batch"] : nil))
    #expect(node["pools"]?.array?.first?["used"]?.int == (isPrepared ? 1 : 0))
    #expect(await plugin.stop() == 0)
  }

  /// A file that can't be used costs the pools, not the devices.
  @Test(arguments: ["{", nil]) func goesOnWithoutAConfiguration(_ text: String?) async throws {
    let plugin = try RunningPlugin(.direct)
    let path = plugin.directory["other.json"]
    if let text { try text.write(toFile: path, atomically: true, encoding: .utf8) }
    let (code, output) = try inventory(plugin, "-config-file", path)
    #expect(code == 1)
    #expect(output.contains("error: \(path)"))
    #expect(output.contains("0000:b8:00.0"))
    #expect(await plugin.stop() == 0)
  }
}
