import Foundation
import TestSupport

/// A program that a test runs to its end.
enum Program {
  /// The one that was built beside the tests.
  static func run(
    _ arguments: [String], environment variables: [String: String] = [:]
  ) throws -> (code: Int32, output: String) {
    // A sanitizer's suppressions count for its children too.
    let environment = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
      .merging(["PATH": "/usr/bin:/bin"]) { $1 }.merging(variables) { $1 }
    return try run(own, arguments, in: Repository.root, environment: environment)
  }

  /// The subcommands that the overview lists, but `run`, `version` and `help`.
  static func subcommands() throws -> [String] {
    let overview = try run(["help"]).output
    let names = overview.matches(of: #/(?m)^  ([a-z]+) +[a-z]/#).map { String($0.output.1) }
    return names.filter { !["run", "version", "help"].contains($0) }
  }

  static var own: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("devicepool")
  }

  static func run(
    _ program: URL, _ arguments: [String], in directory: URL, environment: [String: String]? = nil
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = directory
    if let environment { process.environment = environment }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
