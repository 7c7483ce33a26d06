import Foundation
import TestSupport
import Testing

@testable import KubeletState

@Suite("kubelet checkpoint")
struct KubeletCheckpointTests {
  static let resource = "unifiedbus.com/ub_net_device"
  static let uid = "0f6c2a3e-8f0d-4f7e-9d0c-6d2f1b7a5c11"
  static let files = ["kubernetes-1.19", "kubernetes-1.29", "null-members", "null-entries"]

  static func checkpoint(_ text: String) throws(KubeletStateError) -> KubeletCheckpoint {
    try KubeletCheckpoint(decoding: Array(text.utf8), path: "checkpoint")
  }

  static func file(_ name: String) throws -> KubeletCheckpoint {
    try checkpoint(Fixture.text("KubeletCheckpoint/\(name).json"))
  }

  @Test("both formats tell the same", arguments: ["kubernetes-1.19", "kubernetes-1.29"])
  func formats(name: String) throws {
    let checkpoint = try Self.file(name)
    #expect(checkpoint.problems.isEmpty)
    #expect(checkpoint.entries.map(\.ids) == [["urma_1"], ["0000:3b:02.0"], ["urma_2", "urma_3"]])
    #expect(checkpoint.entries.map(\.container) == ["train", "train", "other"])
  }

  @Test("null members are empty ones")
  func nulls() throws {
    #expect(try Self.file("null-entries").entries.isEmpty)
    let checkpoint = try Self.file("null-members")
    #expect(checkpoint.problems.isEmpty)
    #expect(checkpoint.entries.map(\.ids) == [[], ["urma_1"]])
  }

  @Test("a file that is cut short is refused, at every byte", arguments: files)
  func truncated(name: String) throws {
    let bytes = Array(try Fixture.text("KubeletCheckpoint/\(name).json").utf8)
    for count in 0..<bytes.count {
      #expect(throws: KubeletStateError.self, "cut at \(count)") {
        try KubeletCheckpoint(decoding: Array(bytes.prefix(count)), path: "checkpoint")
      }
    }
  }

  @Test(
    "a text that is no checkpoint is refused with what was found",
    arguments: [
      "[]", "{}", "null", #"{"Data":null}"#, #"{"Data":[]}"#, #"{"Data":{"PodDeviceEntries":7}}"#, "\u{FEFF}{}",
    ])
  func noCheckpoint(text: String) {
    #expect(throws: KubeletStateError.self) { try Self.checkpoint(text) }
  }

  @Test(
    "an entry that cannot be read is a problem with its place, and leaves the others",
    arguments: [
      "7", "null", #"{"PodUID":1}"#, #"{"PodUID":"u","ContainerName":"c"}"#,
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":"urma_1"}"#,
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":[1]}"#,
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":{"-1":"urma_1"}}"#,
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":["d"],"AllocResp":"*"}"#,
      #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":["d"],"AllocResp":7}"#,
    ])
  func brokenEntry(entry: String) throws {
    let good = #"{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":["d"],"More":{}}"#
    let checkpoint = try Self.checkpoint(#"{"Data":{"PodDeviceEntries":[\#(entry),\#(good)]},"Checksum":0}"#)
    #expect(checkpoint.entries.map(\.ids) == [["d"]])
    #expect(checkpoint.problems.count == 1)
    #expect(checkpoint.problems.first?.contains("PodDeviceEntries[0]") == true)
  }

  private func entry(_ pod: String, _ ids: Set<String>, container: String = "c") -> KubeletCheckpoint.Entry {
    .init(podUID: pod, container: container, resource: Self.resource, ids: ids, allocation: [])
  }

  @Test("the holder has exactly the ids asked for; one with more counts when there is none")
  func matching() {
    let checkpoint = KubeletCheckpoint(entries: [
      entry("more", ["urma_1", "urma_2"]), entry("exact", ["urma_1"]), entry("other", ["urma_3"]),
    ])
    #expect(checkpoint.holders(of: ["urma_1"], resource: Self.resource).map(\.podUID) == ["exact"])
    #expect(checkpoint.holders(of: ["urma_2"], resource: Self.resource).map(\.podUID) == ["more"])
    #expect(checkpoint.holders(of: ["urma_1", "urma_3"], resource: Self.resource).isEmpty)
    #expect(checkpoint.holders(of: ["urma_1"], resource: "other/resource").isEmpty)
    #expect(checkpoint.holders(of: ["urma"], resource: Self.resource).isEmpty)
  }

  @Test("an id in two containers of one pod has one holder")
  func twoContainers() {
    let checkpoint = KubeletCheckpoint(entries: [
      entry("pod", ["urma_1"], container: "init"), entry("pod", ["urma_1"], container: "app"),
    ])
    let holders = checkpoint.holders(of: ["urma_1"], resource: Self.resource)
    #expect(holders.map(\.podUID) == ["pod"])
    #expect(holders.first?.entries.map(\.container) == ["init", "app"])
  }

  @Test("a stale pod stays a holder beside the new one, for the runtime to tell apart")
  func staleUID() {
    let checkpoint = KubeletCheckpoint(entries: [entry("old", ["urma_1"]), entry("new", ["urma_1"])])
    #expect(checkpoint.holders(of: ["urma_1"], resource: Self.resource).map(\.podUID) == ["old", "new"])
  }

  @Test("the file is read anew each time, and its absence is an error that names it")
  func reading() throws {
    let directory = try TemporaryDirectory()
    let path = directory["checkpoint"]
    #expect(throws: KubeletStateError.checkpoint(path: path, reason: "No such file or directory")) {
      try KubeletCheckpoint.read(at: path)
    }
    try Fixture.text("KubeletCheckpoint/kubernetes-1.29.json").write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try KubeletCheckpoint.read(at: path).entries.count == 3)
    try "{".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: KubeletStateError.self) { try KubeletCheckpoint.read(at: path) }
    #expect(throws: KubeletStateError.self) { try KubeletCheckpoint.read(at: directory.path) }
  }
}
