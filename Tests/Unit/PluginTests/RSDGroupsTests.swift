import Foundation
import HostInventory
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Effects

/// A stand-in for rbln-smi speaks the documented JSON and writes down what it is asked.
@Suite("NPU groups") struct RSDGroupsTests {
  private static let listing = """
    {"KMD_version": "1.2", "devices": [
      {"group_id": "0", "npu": 0, "name": "RBLN-CA25", "device": "rbln0"},
      {"group_id": "1", "npu": 1, "name": "RBLN-CA25", "device": "rbln1"},
      {"group_id": "2", "npu": 2, "name": "RBLN-CA25", "device": "rbln2"},
      {"group_id": "2", "npu": 3, "name": "RBLN-CA25", "device": "rbln3"}]}
    """

  private func tool(in directory: TemporaryDirectory, _ script: String) throws -> RSDGroups {
    let path = directory["rbln-smi"]
    try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return RSDGroups(lockPath: directory["lock"], searchPath: directory.path)
  }

  private func speaking(in directory: TemporaryDirectory) throws -> RSDGroups {
    try Self.listing.write(toFile: directory["listing"], atomically: true, encoding: .utf8)
    return try tool(
      in: directory, "echo \"$@\" >> \(directory["asked"]); [ \"$1\" = -j ] && cat \(directory["listing"]); exit 0")
  }

  @Test func oldGroupsGoAndTheLeastFreeNumberIsTaken() async throws {
    let directory = try TemporaryDirectory()
    let number = try await speaking(in: directory).group(["rbln3", "rbln0"])
    #expect(number == 2)
    let asked = try String(contentsOfFile: directory["asked"], encoding: .utf8)
    #expect(asked == "-j\ngroup -d 2\ngroup -c 2 -a 0,3\n")
  }

  @Test func freeNPUsNeedNoGroupDestroyed() throws {
    let plan = try RSDPlan(npus: ["rbln0"], listing: Array(Self.listing.utf8))
    #expect(plan.destroyed == [])
    #expect(plan.created == 3)
  }

  @Test(arguments: [
    ("", "rbln-smi -j: "), ("{", "rbln-smi -j: "), ("[]", "rbln-smi -j: there is no list 'devices'"),
    (#"{"devices": 1}"#, "rbln-smi -j: there is no list 'devices'"),
    (#"{"devices": []}"#, "rbln-smi -j: it does not list rbln0"),
    (#"{"devices": [{"npu": "x"}]}"#, "rbln-smi -j: it does not list rbln0"),
  ])
  func badListingsAreErrors(_ text: String, _ reason: String) {
    let error = #expect(throws: RSDGroups.Failure.self) { try RSDPlan(npus: ["rbln0"], listing: Array(text.utf8)) }
    #expect(error?.description.hasPrefix(reason) == true, "\(error as Any)")
  }

  @Test(arguments: ["exit 3", "echo no", "kill -9 $$"])
  func failureLeavesGroupZero(_ script: String) async throws {
    let directory = try TemporaryDirectory()
    let groups = try tool(in: directory, script)
    let allocation = try await performed(groups, in: directory)
    #expect(allocation.nodes.map(\.hostPath) == ["/dev/rbln0", "/dev/rsd0"])
  }

  @Test func theGroupsNodeStandsBehindTheContainers() async throws {
    let directory = try TemporaryDirectory()
    let allocation = try await performed(try speaking(in: directory), in: directory)
    #expect(allocation.nodes.map(\.hostPath) == ["/dev/rbln0", "/dev/rsd3"])
    #expect(allocation.nodes.map(\.containerPath) == ["/dev/rbln0", "/dev/rsd0"])
  }

  @Test func aLockHeldByAnotherIsAnError() throws {
    let directory = try TemporaryDirectory()
    let held = try FileLock(directory["lock"], seconds: 0)
    defer { held.release() }
    let error = #expect(throws: RSDGroups.Failure.self) { try FileLock(directory["lock"], seconds: 0) }
    #expect(error?.description == "\(directory["lock"]) is locked by another process for 0 s")
    try FileManager.default.createDirectory(atPath: directory["other"], withIntermediateDirectories: false)
    let other = #expect(throws: RSDGroups.Failure.self) { try FileLock(directory["other"], seconds: 0) }
    #expect(other?.description == "open \(directory["other"]): it is a directory: remove it")
  }

  private func performed(_ groups: RSDGroups, in directory: TemporaryDirectory) async throws -> Allocation {
    var allocation = Allocation()
    allocation.nodes = [DeviceNode("/dev/rbln0")]
    allocation.effects = [.host(MakeNPUGroup(npus: ["rbln0"]))]
    let effects = AllocationEffects(
      deviceInfoDirectory: directory.path, cdiDirectory: nil, reset: FunctionReset(root: .init("/")), rsdGroups: groups)
    try await effects.prepare(
      &allocation, nodes: HostNodes(present: [.rsd0]), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return allocation
  }
}
