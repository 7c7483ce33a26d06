import Foundation
import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Effects

/// What is said at start of a node whose NPU tools are not mounted.
@Suite("NPU tools at hand") struct NPUHostFilesTests {
  private func pools(_ tree: MachineTree, more: String = "") throws -> [ResourcePool] {
    let text = """
      {"resourceList": [{"resourceName": "ATOM", "resourcePrefix": "rebellions.ai", "deviceType": "accelerator",
        "selectors": {"vendors": ["1eff"], "drivers": ["rebellions"]}\(more)}]}
      """
    let (config, _) = PluginConfig.decode(
      Array(text.utf8), file: "c", defaults: ConfigDefaults(resourcePrefix: "x", strictUnknownKeys: true, node: .any))
    return PoolPartition(inventory: tree.read().0, pools: try #require(config).pools).pools
  }

  private func obstacles(
    _ tree: MachineTree, more: String = "", tools: String, lock: String
  ) async throws -> [NPUHostFiles.Obstacle] {
    let files = NPUHostFiles(root: tree.root, groups: RSDGroups(lockPath: lock, searchPath: tools))
    return await files.obstacles(of: try pools(tree, more: more))
  }

  @Test func aHostWithItsToolsIsFine() async throws {
    let directory = try TemporaryDirectory()
    let tree = try MachineTree(named: "rebellions-atom")
    #expect(try await obstacles(tree, tools: directory.path, lock: directory["lock"]) == [])
  }

  /// The vendor's DaemonSet with another image: `rbln-stat` would go missing without a word.
  @Test func aMountThatIsMissingIsNamed() async throws {
    let directory = try TemporaryDirectory()
    let tree = try MachineTree(named: "rebellions-atom")
    try FileManager.default.removeItem(atPath: tree.place("usr/local/bin/rbln-stat"))
    let found = try await obstacles(tree, tools: directory.path, lock: directory["lock"])
    #expect(found.map(\.path) == ["\(tree.place("usr/local/bin/rbln-stat")),\(tree.place("usr/bin/rbln-stat"))"])
    #expect(found.first?.reason.contains("mount the host's /usr/local/bin and /usr/bin") == true)
  }

  @Test func groupsThatCannotBeMadeAreToldAtStart() async throws {
    let directory = try TemporaryDirectory()
    let tree = try MachineTree(named: "rebellions-atom")
    let more = #", "rsdGroups": true"#
    let none = try await obstacles(tree, more: more, tools: directory.path, lock: directory["lock"])
    #expect(none.first?.reason.contains("there is no rbln-smi in \(directory.path)") == true)
    try "#!/bin/sh\nexit 127\n".write(toFile: directory["rbln-smi"], atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory["rbln-smi"])
    let broken = try await obstacles(tree, more: more, tools: directory.path, lock: directory["lock"])
    #expect(broken.first?.reason.contains("exit code 127") == true, "\(broken)")
    let locked = try await obstacles(tree, more: more, tools: directory.path, lock: directory["no/lock"])
    #expect(locked.first?.reason.contains("open \(directory["no/lock"])") == true, "\(locked)")
  }

  @Test func aNodeWithoutNPUsNeedsNothing() async throws {
    let directory = try TemporaryDirectory()
    let tree = try MachineTree(named: "intel-e810-x710")
    #expect(try await obstacles(tree, tools: directory.path, lock: directory["lock"]) == [])
  }
}
