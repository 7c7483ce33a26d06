/// What reading a node's files once costs a C program.
struct Floor {
  let path: String
  let scratch: String

  struct Cost {
    /// Of the whole program, and the processor time of its reading alone.
    let wall: Int
    let cpu: Int

    init(wall: Int, cpu: Int) {
      self.wall = wall
      self.cpu = cpu
    }

    /// Medians; nil of none.
    init?(_ runs: [Cost]) {
      guard !runs.isEmpty else { return nil }
      wall = Statistics.median(runs.map(\.wall))
      cpu = Statistics.median(runs.map(\.cpu))
    }
  }

  func measure() throws(BenchmarkError) -> Cost {
    let began = Clock.microseconds
    let process = try Subprocess([path, "", "1"], output: "\(scratch)/floor.log")
    guard process.wait() == 0 else { throw BenchmarkError("floor: \(Files.read("\(scratch)/floor.log"))") }
    let wall = Clock.microseconds - began
    // `130 functions, 1234 us (0)`
    let words = Files.read("\(scratch)/floor.log").split(separator: " ")
    guard words.count > 2, let cpu = Int(words[2]) else { throw BenchmarkError("floor printed something else") }
    return Cost(wall: wall, cpu: cpu)
  }
}
