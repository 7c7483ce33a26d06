import Foundation
import TestSupport
import Testing

/// `devicepool record FILE` writes to what FILE is. As root it once replaced `/dev/null` by a regular file.
@Suite("The file of record") struct RecordTests {
  private static let machine = "Tests/Fixtures/Machines/igb-guest.tree"

  private func record(_ path: String) throws -> (code: Int32, output: String) {
    try Program.run(["record", "-host-root", Self.machine, path])
  }

  private func text() throws -> String {
    let (code, text) = try record("-")
    #expect(code == 0)
    return text
  }

  @Test func aRegularFileIsReplacedAsAWhole() throws {
    let directory = try TemporaryDirectory()
    for _ in 0..<2 {
      #expect(try record(directory["node.tree"]).code == 0)
      #expect(try String(contentsOfFile: directory["node.tree"], encoding: .utf8) == text())
    }
    #expect(directory.names == ["node.tree"])
  }

  @Test func aDeviceIsWrittenInto() throws {
    guard geteuid() == 0 else { return }
    let directory = try TemporaryDirectory()
    let before = try SpecialFile.nullDevice.make(at: directory["null"])
    #expect(try record(directory["null"]).code == 0)
    #expect(try SpecialFile.identity(of: directory["null"]) == before)
    #expect(directory.names == ["null"])
  }

  @Test func aPipeIsWrittenInto() throws {
    let directory = try TemporaryDirectory()
    let before = try SpecialFile.pipe.make(at: directory["pipe"])
    let reader = try ChildProcess(["cat", directory["pipe"]], output: directory["copy"])
    #expect(try record(directory["pipe"]).code == 0)
    #expect(reader.wait() == 0)
    #expect(try String(contentsOfFile: directory["copy"], encoding: .utf8) == text())
    #expect(try SpecialFile.identity(of: directory["pipe"]) == before)
  }

  @Test(arguments: [true, false]) func aLinkIsFollowed(_ leadsToAFile: Bool) throws {
    let directory = try TemporaryDirectory()
    if leadsToAFile {
      let old = String(repeating: "old\n", count: 100_000)
      try old.write(toFile: directory["node.tree.target"], atomically: true, encoding: .utf8)
    }
    let before = try SpecialFile.danglingLink.make(at: directory["node.tree"])
    #expect(try record(directory["node.tree"]).code == 0)
    #expect(try String(contentsOfFile: directory["node.tree.target"], encoding: .utf8) == text())
    #expect(try SpecialFile.identity(of: directory["node.tree"]) == before)
    #expect(directory.names == ["node.tree", "node.tree.target"])
  }

  @Test(arguments: [SpecialFile.directory, .socket]) func whatCannotBeWrittenIsAnError(_ kind: SpecialFile) throws {
    let directory = try TemporaryDirectory()
    let before = try kind.make(at: directory["it"])
    let (code, output) = try record(directory["it"])
    #expect(code == 3)
    #expect(output.hasPrefix("error: open \(directory["it"]): "))
    #expect(try SpecialFile.identity(of: directory["it"]) == before)
  }
}
