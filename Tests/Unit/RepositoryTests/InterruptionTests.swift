import Foundation
import TestSupport
import Testing

/// A subcommand that a signal or its reader ends leaves no temporary directory, and one that was killed is cleaned up
/// after by the next.
@Suite("Interrupted commands") struct InterruptionTests {
  private static let signals = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

  /// A command whose output nobody reads: it comes no further than to its first line, with its machine unpacked.
  private final class Stuck {
    private let process: ChildProcess
    private var reader: Int32

    init(_ command: String, in temporary: TemporaryDirectory) async throws {
      let files = try TemporaryDirectory()
      mkfifo(files["out"], 0o600)
      reader = open(files["out"], O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      let writer = open(files["out"], O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
      while write(writer, line, line.count) > 0 {}
      close(writer)
      let before = Set(temporary.names)
      let words = [
        command, "-machine", "\(Repository.root.path)/Tests/Fixtures/Machines/h6.tree", "-config-file",
        "\(Repository.root.path)/config-examples/demo/config.json",
      ]
      process = try ChildProcess(
        [Program.own.path] + words + (command == "simulate" ? ["-v", "9"] : []),
        environment: ["TMPDIR": temporary.path], output: files["out"])
      let count = command == "simulate" ? 2 : 1
      let isAtWork = await eventually(within: .seconds(60)) {
        Set(temporary.names).subtracting(before).count == count
      }
      try #require(isAtWork, "\(command) has made \(temporary.names)")
    }

    deinit { hangUp() }

    func hangUp() {
      if reader >= 0 { close(reader) }
      reader = -1
    }

    func send(_ number: Int32) { kill(process.id, number) }
    func wait() -> Int32 { process.wait() }
  }

  @Test(arguments: signals, ["plan", "simulate"]) func aSignalLeavesNothing(number: Int32, command: String) async throws
  {
    let temporary = try TemporaryDirectory()
    let run = try await Stuck(command, in: temporary)
    run.send(number)
    #expect(run.wait() == -number)
    #expect(temporary.names == [])
  }

  @Test(arguments: ["plan", "simulate"]) func aBrokenPipeLeavesNothing(command: String) async throws {
    let temporary = try TemporaryDirectory()
    let run = try await Stuck(command, in: temporary)
    run.hangUp()
    // A parent that ignores the signal hands that on: then the write fails, which is an error.
    #expect([-SIGPIPE, 3].contains(run.wait()))
    #expect(temporary.names == [])
  }

  /// Of a parent that ignores the signals, as `nohup` does.
  @Test func anIgnoredSignalStaysIgnored() throws {
    let script = """
      trap '' HUP PIPE
      "$0" validate - < <(sleep 0.5; echo '{"resourceList": []}') & kill -HUP $!; wait $!
      "$0" help -man | true; exit "${PIPESTATUS[0]}"
      """
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script, Program.own.path], in: Repository.root)
    #expect(output.contains("0 pools") && output.contains("cannot write to standard output: Broken pipe"), "\(output)")
    #expect(code == 3)
  }

  @Test func theNextRunRemovesWhatAKilledOneLeft() async throws {
    let temporary = try TemporaryDirectory()
    let killed = try await Stuck("simulate", in: temporary)
    killed.send(SIGKILL)
    #expect(killed.wait() == -SIGKILL)
    let left = Set(temporary.names)
    #expect(left.count == 2)
    let living = try await Stuck("plan", in: temporary)
    let own = Set(temporary.names.filter { $0.hasPrefix("devicepool-machine-") }).subtracting(left)
    #expect(own.count == 1)
    // What is not surely such a directory stays: another mode, another name, a file, a link.
    let foreign = ["devicepool-machine-aaaaaa", "devicepool-machine-bbbbbbb", "devicepool-eeeeee-x"]
    for name in foreign { mkdir(temporary[name], name == "devicepool-machine-bbbbbbb" ? 0o700 : 0o755) }
    try "mine".write(toFile: temporary["devicepool-machine-cccccc"], atomically: false, encoding: .utf8)
    let elsewhere = try TemporaryDirectory()
    symlink(elsewhere.path, temporary["devicepool-machine-dddddd"])
    let next = try Program.run(
      [
        "simulate", "-machine", "Tests/Fixtures/Machines/h1.tree", "-config-file", "config-examples/demo/config.json",
      ], environment: ["TMPDIR": temporary.path])
    #expect(next.code != 3, "\(next.output)")
    #expect(
      Set(temporary.names)
        == own.union(foreign).union(["devicepool-machine-cccccc", "devicepool-machine-dddddd"]))
    #expect(FileManager.default.fileExists(atPath: elsewhere.path))
    living.send(SIGTERM)
    #expect(living.wait() == -SIGTERM)
    #expect(temporary.names.count == foreign.count + 2)
  }
}
