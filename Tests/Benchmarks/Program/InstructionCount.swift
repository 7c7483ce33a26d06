/// Instructions of the hot paths under callgrind: they repeat from run to run where times do not.
struct InstructionCount: CustomStringConvertible {
  private let program: PluginRun.Program
  private let node: GeneratedNode
  private let scratch: String
  private var start = 0
  private var allocate = 0

  private static let calls = 300

  init(program: PluginRun.Program, node: GeneratedNode, scratch: String) {
    self.program = program
    self.node = node
    self.scratch = scratch
  }

  var description: String {
    "\(node.functions) functions: start \(start) instructions (\(start / node.functions) a function), "
      + "Allocate of one device \(allocate)"
  }

  func measure() throws(BenchmarkError) -> InstructionCount {
    try Files.write(node.configuration(pools: 1), to: "\(scratch)/config.json")
    var result = self
    result.start = try instructions(calls: 0)
    let few = try instructions(calls: Self.calls)
    let many = try instructions(calls: 2 * Self.calls)
    result.allocate = (many - few) / Self.calls
    return result
  }

  /// Of a whole life with so many calls.
  private func instructions(calls: Int) throws(BenchmarkError) -> Int {
    let kubelet = try ListeningKubelet()
    defer { kubelet.stop() }
    let profile = "\(scratch)/callgrind.out"
    let process = try Subprocess(
      [
        "valgrind", "--tool=callgrind", "--callgrind-out-file=\(profile)", program.path, "-config-file",
        "\(scratch)/config.json",
      ], output: "\(scratch)/callgrind.log")
    do throws(BenchmarkError) {
      try kubelet.wait(120) { !($0.first?.value.lists.isEmpty ?? true) }
    } catch {
      throw BenchmarkError("\(error)\n\(Files.read("\(scratch)/callgrind.log").suffix(2000))")
    }
    if calls > 0, let endpoint = kubelet.endpoints.first?.value {
      let load = AllocateLoad(
        socket: endpoint.socket, devices: endpoint.lists[0].devices, each: 1, callers: 1, calls: calls)
      _ = try load.run()
    }
    process.stop()
    let line = Files.read(profile).split(separator: "\n").first { $0.hasPrefix("summary:") || $0.hasPrefix("totals:") }
    guard let count = line.flatMap({ Int($0.split(separator: " ").last ?? "") }) else {
      throw BenchmarkError("callgrind wrote no summary: \(Files.read("\(scratch)/callgrind.log").suffix(2000))")
    }
    return count
  }
}
