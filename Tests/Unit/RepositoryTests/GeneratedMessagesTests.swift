import Foundation
import TestSupport
import Testing

/// The C files in Sources/CKubeletAPI are what protoc-c makes of the .proto files beside them.
@Suite struct GeneratedMessagesTests {
  private static let directory = Repository.root.appending(path: "Sources/CKubeletAPI")
  private static let hasGenerator = FileManager.default.isExecutableFile(atPath: "/usr/bin/protoc-c")

  @Test func protoAndGeneratedFilesMatchTheirSums() throws {
    let (status, output) = try Self.run("/usr/bin/sha256sum", ["--check", "--quiet", "--strict", "SHA256SUMS"])
    #expect(status == 0, "run Sources/CKubeletAPI/generate.sh: \(output)")
  }

  @Test func everyProtoAndGeneratedFileHasASum() throws {
    let sums = try String(contentsOf: Self.directory.appendingPathComponent("SHA256SUMS"), encoding: .utf8)
    let listed = Set(sums.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) })
    let present = try FileManager.default.subpathsOfDirectory(atPath: Self.directory.path)
      .filter { $0.hasSuffix(".proto") || $0.contains(".pb-c.") }
    #expect(listed == Set(present))
  }

  @Test(.enabled(if: hasGenerator, "needs protoc-c, of package protobuf-c-compiler"))
  func generatingAgainChangesNothing() throws {
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("devicepool-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    let (status, text) = try Self.run("/bin/sh", ["generate.sh", output.path])
    #expect(status == 0, "\(text)")
    for name in try FileManager.default.subpathsOfDirectory(atPath: output.path) where name.contains(".") {
      let fresh = try Data(contentsOf: output.appendingPathComponent(name))
      #expect(fresh == (try Data(contentsOf: Self.directory.appendingPathComponent(name))), "\(name) is out of date")
    }
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    try Program.run(URL(fileURLWithPath: program), arguments, in: directory)
  }
}
