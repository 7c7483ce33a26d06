/// What reading a node's files once costs a C program.
struct Floor {
  let path: String
  let scratch: String
  let node: GeneratedNode

  struct Cost {
    let functions: Int
    /// Of the whole program, and the processor time of its reading alone.
    let wall: Int
    let cpu: Int
  }

  /// Medians.
  func measure(_ repeats: Int) throws(BenchmarkError) -> Cost {
    var walls: [Int] = []
    var cpus: [Int] = []
    for _ in 0..<repeats {
      let began = Clock.microseconds
      let process = try Subprocess([path, "", "1"], output: "\(scratch)/floor.log")
      guard process.wait() == 0 else { throw BenchmarkError("floor: \(Files.read("\(scratch)/floor.log"))") }
      walls.append(Clock.microseconds - began)
      // `130 functions, 1234 us (0)`
      let words = Files.read("\(scratch)/floor.log").split(separator: " ")
      guard words.count > 2, let cpu = Int(words[2]) else { throw BenchmarkError("floor printed something else") }
      cpus.append(cpu)
    }
    return Cost(functions: node.functions, wall: Statistics.median(walls), cpu: Statistics.median(cpus))
  }
}
