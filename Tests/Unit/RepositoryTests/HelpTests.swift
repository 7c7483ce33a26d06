import Agent
import Foundation
import TestSupport
import Testing

/// The program explains itself without any file beside it.
@Suite("The help") struct HelpTests {
  /// A subcommand that is missing in `Subcommand.all` can't be called.
  @Test func overviewNamesEverySubcommandAndFlag() throws {
    let (code, text) = try Program.run(["help"])
    #expect(code == 0)
    let sources = try Repository.swiftFiles(below: "Sources/devicepool").map(Repository.text).joined()
    let defined = sources.matches(of: #/static let [a-zA-Z]+ = Subcommand\(\s*name: "([a-z]+)"/#)
    #expect(!defined.isEmpty)
    #expect(Set(defined.map { String($0.output.1) }) == Set(try Program.subcommands()))
    for flag in Options.flags.flags where !flag.help.isEmpty {
      #expect(text.contains("  -\(flag.name) "), "\(flag.name)")
    }
  }

  @Test(arguments: try Program.subcommands() + ["run"])
  func saysFlagsAndExitCodes(_ name: String) throws {
    let (code, text) = try Program.run(["help", name])
    #expect(code == 0)
    #expect(text.hasPrefix("devicepool \(name): "))
    for part in ["usage: devicepool", "flags", "exit codes: 0 "] { #expect(text.contains(part), "\(part)") }
    #expect(try Program.run([name, "-h"]).output == text)
    for line in text.split(separator: "\n") { #expect(line.count <= 132, "\(line)") }
  }

  @Test func wrongWordsAreCodeTwo() throws {
    for words in [
      ["no-such"], ["help", "no-such"], ["plan", "-no-such"], ["plan", "-o", "xml"], ["inventory", "-o", "x"],
      ["slices", "-o", "x"], ["deviceclass", "-dra-driver", "Not_A_Name"], ["slices", "-machine", "/"],
    ] {
      let (code, text) = try Program.run(words)
      #expect(code == 2, "\(words): \(text)")
      #expect(!text.isEmpty)
    }
  }

  /// The keys of -o json, as the help documents them, are all that there are: NodeReportTests hold the same list.
  @Test func inventoryKeysAreDocumented() throws {
    let help = try Program.run(["help", "inventory"]).output
    let words = Set(help.split { !$0.isLetter }.map(String.init))
    for machine in ["intel-e810-x710", "connectx6-switchdev-infiniband", "igb-guest", "kunpeng-ub"] {
      let (code, text) = try Program.run(
        ["inventory", "-machine", "Tests/Fixtures/Machines/\(machine).tree", "-o", "json"])
      #expect(code == 0)
      for key in text.matches(of: #/"([A-Za-z]+)": ?/#) {
        #expect(words.contains(String(key.output.1)), "\(key.output.1)")
      }
    }
  }

  @Test func manualPageHasItAll() throws {
    let (code, page) = try Program.run(["help", "-man"])
    #expect(code == 0)
    #expect(page.hasPrefix(".TH \"DEVICEPOOL\" \"8\""))
    for name in try Program.subcommands() { #expect(page.contains(".SH \"\(name.uppercased())\"\n"), "\(name)") }
    for flag in Options.flags.flags where !flag.help.isEmpty {
      let spelled = flag.name.replacingOccurrences(of: "-", with: "\\-")
      #expect(page.contains(".B \\-\(spelled)\n"), "\(flag.name)")
    }
  }

  private static let hasFormatter = FileManager.default.isExecutableFile(atPath: "/usr/bin/groff")

  @Test(.enabled(if: hasFormatter, "needs groff"))
  func manualPageIsWellFormed() throws {
    let process = Process()
    let (input, complaints) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/groff")
    process.arguments = ["-man", "-ww", "-z", "-Tutf8"]
    process.standardInput = input
    process.standardError = complaints
    try process.run()
    input.fileHandleForWriting.write(Data(try Program.run(["help", "-man"]).output.utf8))
    try input.fileHandleForWriting.close()
    let said = complaints.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: said, as: UTF8.self) == "")
  }
}
