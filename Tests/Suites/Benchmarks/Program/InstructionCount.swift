/// Instructions and memory requests of the hot paths under callgrind: they repeat from run to run where times do not.
struct InstructionCount: CustomStringConvertible {
  private let program: PluginRun.Program
  private let node: GeneratedNode
  private let scratch: String
  private var start = (instructions: 0, allocations: 0)
  private var allocate = (instructions: 0, allocations: 0)

  private static let calls = 300

  init(program: PluginRun.Program, node: GeneratedNode, scratch: String) {
    self.program = program
    self.node = node
    self.scratch = scratch
  }

  var description: String {
    """
    \(node.functions) functions: start \(start.instructions) instructions (\(start.instructions / node.functions) \
    a function) and \(start.allocations) requests of memory (\(start.allocations / node.functions)), Allocate of one \
    device \(allocate.instructions) and \(allocate.allocations)
    """
  }

  func measure() throws(BenchmarkError) -> InstructionCount {
    try Files.write(node.configuration(pools: 1), to: "\(scratch)/config.json")
    var result = self
    let none = try profile(calls: 0)
    let few = try profile(calls: Self.calls)
    let many = try profile(calls: 2 * Self.calls)
    result.start = (none.instructions, none.allocations)
    result.allocate = (
      (many.instructions - few.instructions) / Self.calls, (many.allocations - few.allocations) / Self.calls
    )
    return result
  }

  /// Of a whole life with so many calls.
  private func profile(calls: Int) throws(BenchmarkError) -> CallgrindProfile {
    let kubelet = try ListeningKubelet(pools: 1)
    defer { kubelet.stop() }
    let file = "\(scratch)/callgrind.out"
    let process = try Subprocess(
      [
        "valgrind", "--tool=callgrind", "--callgrind-out-file=\(file)", program.path, "-config-file",
        "\(scratch)/config.json",
      ], output: "\(scratch)/callgrind.log")
    do throws(BenchmarkError) {
      try kubelet.wait(120) { !($0.first?.value.lists.isEmpty ?? true) }
    } catch {
      throw BenchmarkError("\(error)\n\(Files.read("\(scratch)/callgrind.log").suffix(2000))")
    }
    if calls > 0, let endpoint = kubelet.endpoints.first?.value {
      let load = AllocateLoad(
        socket: endpoint.socket, devices: endpoint.lists[0].devices, each: 1, callers: 1, calls: calls, pause: 0)
      _ = try load.run()
    }
    process.stop()
    guard let profile = CallgrindProfile(Files.read(file)) else {
      throw BenchmarkError("callgrind wrote no summary: \(Files.read("\(scratch)/callgrind.log").suffix(2000))")
    }
    return profile
  }
}
