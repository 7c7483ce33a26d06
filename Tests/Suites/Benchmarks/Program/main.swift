import Glibc

// Values at the top level belong to the main actor: all there is happens in functions.
do throws(BenchmarkError) {
  let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
  try Benchmark(options).run()
} catch {
  Terminal.complain("devicepool-bench: \(error)")
  exit(1)
}
