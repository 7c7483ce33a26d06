import Foundation
import TestSupport
import Testing

/// The program as an image starts it: names, flags, exit codes, and what it says.
@Suite(
  "The program", .enabled(if: ProductProgram.obstacle == nil, "\(ProductProgram.obstacle ?? "")"),
  .timeLimit(.minutes(1)))
struct ProgramTests {
  /// A pool for which no machine has a device.
  private static let empty = #"{"resourceList":[{"resourceName":"a","selectors":{"vendors":["ffff"]}}]}"#

  private static let isWatched = ProcessInfo.processInfo.environment["TSAN_OPTIONS"] != nil
  /// A sanitizer of leaks opens files of its own when the program ends.
  private static let isSearched = ProcessInfo.processInfo.environment["LSAN_OPTIONS"] != nil

  /// A directory with kubelet's directories in it, where the daemon finds nothing of this machine.
  private struct Node {
    let directory: TemporaryDirectory

    init(config: String? = empty) throws {
      directory = try TemporaryDirectory()
      for name in ["kubelet/device-plugins", "sys/bus/pci/devices"] {
        try FileManager.default.createDirectory(atPath: directory[name], withIntermediateDirectories: true)
      }
      try config?.write(toFile: directory["config.json"], atomically: true, encoding: .utf8)
    }

    var flags: [String] {
      [
        "-config-file", directory["config.json"], "-kubelet-dir", directory["kubelet"], "-host-root", directory.path,
        "-registration", "direct",
      ]
    }

    func start(_ words: [String], as name: String? = nil) throws -> ChildProcess {
      var program = ProductProgram.path
      if let name {
        try FileManager.default.createSymbolicLink(atPath: directory[name], withDestinationPath: program)
        program = directory[name]
      }
      return try ChildProcess([program] + words, output: directory["log"])
    }

    func exitCode(_ words: [String], as name: String? = nil) throws -> Int32 { try start(words, as: name).wait() }

    var log: String { (try? String(contentsOfFile: directory["log"], encoding: .utf8)) ?? "" }
  }

  @Test func aPoolThatMatchesNothingHasNoSocketAndTheDaemonStays() async throws {
    let node = try Node()
    let daemon = try node.start(node.flags)
    #expect(await eventually { node.log.contains("\"starting\"") })
    // It reads the configuration again, which the incumbent took for the end.
    kill(daemon.id, SIGHUP)
    #expect(await eventually { node.log.contains("configuration read again") })
    let entries = try FileManager.default.contentsOfDirectory(atPath: node.directory["kubelet/device-plugins"])
    #expect(entries.filter { $0.hasSuffix(".sock") } == [])
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
  }

  @Test(arguments: [SIGINT, SIGQUIT, SIGTERM]) func signalsThatEndIt(_ signal: Int32) async throws {
    let node = try Node()
    let daemon = try node.start(node.flags)
    #expect(await eventually { node.log.contains("\"starting\"") })
    kill(daemon.id, signal)
    #expect(daemon.wait() == 0)
  }

  /// gRPC's core aborts where it gets none.
  @Test(.enabled(if: !isWatched && !isSearched), arguments: 6...14)
  func tooFewDescriptorsAreAnErrorThatSaysSo(_ limit: Int) throws {
    let node = try Node()
    let limited = #"ulimit -n \#(limit); exec "$0" "$@""#
    let words = ["/bin/sh", "-c", limited, ProductProgram.path] + node.flags
    #expect(try ChildProcess(words, output: node.directory["log"]).wait() == 3)
    #expect(node.log.contains("no descriptor to wait for events with"))
  }

  /// From the moment on that it says it starts, a signal is heard: again and again, as one time does not show it.
  @Test func aSignalAtTheStartIsNotLost() async throws {
    for _ in 0..<20 {
      let node = try Node()
      let daemon = try node.start(node.flags)
      #expect(await eventually { node.log.contains("\"starting\"") })
      kill(daemon.id, SIGTERM)
      #expect(daemon.wait() == 0)
    }
  }

  /// Timers of libraries wake a few threads about once a second; nothing may keep one busy.
  @Test(.disabled(if: isWatched, "a sanitizer has threads of its own")) func idleItSleeps() async throws {
    let node = try Node()
    let daemon = try node.start(node.flags)
    #expect(await eventually { node.log.contains("\"starting\"") })
    var seconds = 0
    var used = Double.infinity
    while seconds < 10, used > 0.02 {
      let before = daemon.processorTime
      try await Task.sleep(for: .seconds(2))
      used = daemon.processorTime - before
      seconds += 2
    }
    #expect(used <= 0.02, "it used \(used) s in the last two of \(seconds) seconds")
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
  }

  /// Else the first socket or file that it opens would be descriptor 2, and the log would go there.
  @Test func closedStandardDescriptorsAreOpenedOnNothing() async throws {
    let node = try Node()
    let closing = #"exec "$0" "$@" <&- >&- 2>&-"#
    let daemon = try ChildProcess(
      ["/bin/sh", "-c", closing, ProductProgram.path] + node.flags + ["-listen", "127.0.0.1:0"],
      output: node.directory["log"])
    let folder = "/proc/\(daemon.id)/fd"
    @Sendable func target(_ number: Int) -> String? {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)")
    }
    #expect(await eventually { target(5) != nil })
    for number in 0...2 { #expect(target(number) == "/dev/null") }
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
    #expect(node.log.isEmpty)
  }

  /// gRPC's core says much when it is asked to.
  @Test func everyLineIsALineOfTheLog() async throws {
    let node = try Node()
    let daemon = try ChildProcess(
      [ProductProgram.path] + node.flags + ["-logging-format", "json", "-v", "4"],
      environment: ["GRPC_VERBOSITY": "debug", "GRPC_TRACE": "api"], output: node.directory["log"])
    #expect(await eventually { node.log.contains("\"starting\"") })
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
    let lines = node.log.split(separator: "\n")
    #expect(lines.contains { $0.contains("\"origin\"") }, "the core says nothing")
    for line in lines {
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["msg"] is String, "\(line)")
    }
  }

  @Test func aMissingConfigurationIsNamed() throws {
    let node = try Node(config: nil)
    #expect(try node.exitCode(node.flags) == 1)
    #expect(node.log.contains(node.directory["config.json"]))
    #expect(node.log.contains("No such file or directory"))
  }

  @Test func everyErrorOfAConfigurationIsSaidAtOnce() throws {
    let node = try Node(config: #"{"resourceList":[{"resourceName":"a.b","selectors":{}},{"resourceName":"c"}]}"#)
    #expect(try node.exitCode(node.flags) == 1)
    #expect(node.log.contains("resourceList[0].resourceName"))
    #expect(node.log.contains("resourceList[1].selectors"))
  }

  /// The file that a developer opens to see when the line comes.
  @Test(arguments: [
    ("text", #"LogMetadata\.swift:\d+\] "the configuration is wrong""#), ("json", #""LogMetadata\.swift:\d+","msg":"#),
  ])
  func aLineNamesThePlaceThatLogs(_ format: String, _ pattern: String) throws {
    let node = try Node(config: #"{"resourceList":[{"resourceName":"a.b","selectors":{}}]}"#)
    #expect(try node.exitCode(node.flags + ["-logging-format", format]) == 1)
    let line = try #require(node.log.split(separator: "\n").first { $0.contains("the configuration is wrong") })
    #expect(line.firstMatch(of: try Regex(pattern)) != nil, "\(line)")
  }

  @Test func wrongUsage() throws {
    let node = try Node()
    #expect(try node.exitCode(["-bogus"]) == 2)
    #expect(node.log.contains("flag provided but not defined: -bogus"))
    #expect(try node.exitCode(["nonsense"]) == 2)
    for words in [["-h"], ["--help"], ["help"]] {
      #expect(try node.exitCode(words) == 0)
      #expect(node.log.contains("usage: devicepool [run] [flags]"))
    }
  }

  /// What the stock DaemonSet's image starts, with its arguments.
  @Test(arguments: ["entrypoint.sh", "sriovdp"]) func stockArguments(_ name: String) async throws {
    let node = try Node()
    let daemon = try node.start(["--log-dir=sriovdp", "--log-level=10"] + node.flags, as: name)
    #expect(await eventually { node.log.contains("\"starting\"") })
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
  }

  @Test func theScriptsExitCodeForUnknownWords() throws {
    let node = try Node()
    #expect(try node.exitCode(["--bogus"], as: "entrypoint.sh") == 1)
  }

  @Test(arguments: ["-v", "--version"]) func versionOfTheSharedPlugin(_ word: String) throws {
    let node = try Node()
    #expect(try node.exitCode([word], as: "k8s-rdma-shared-dp") == 0)
    #expect(node.log.contains("version:"))
  }

  /// Under another name the word is klog's verbosity, and needs a number.
  @Test func verbosityOfTheOthers() throws {
    let node = try Node()
    #expect(try node.exitCode(["-v"], as: "sriovdp") == 2)
    #expect(node.log.contains("flag needs an argument: -v"))
  }

  @Test func theSharedPluginsOwnConfigurationPath() throws {
    let node = try Node()
    let path = "/k8s-rdma-shared-dev-plugin/config.json"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    #expect(try node.exitCode([], as: "k8s-rdma-shared-dp") == 1)
    #expect(node.log.contains(path))
  }

  @Test func aPrefixThatKubeletRefusesIsAWarning() async throws {
    let node = try Node(
      config: #"{"resourceList":[{"resourceName":"a","resourcePrefix":"a_b","selectors":{"vendors":["ffff"]}}]}"#)
    let daemon = try node.start(node.flags)
    #expect(await eventually { node.log.contains("\"starting\"") })
    #expect(node.log.contains("kubelet will refuse"))
    kill(daemon.id, SIGTERM)
    #expect(daemon.wait() == 0)
  }
}

extension ChildProcess {
  /// Seconds that its threads have run, from proc(5)'s `utime` and `stime`.
  fileprivate var processorTime: Double {
    let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .infinity }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
