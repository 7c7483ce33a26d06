import Glibc
import Testing

@testable import Observability

/// A log whose reader hangs costs lines, and the next line says how many.
@Suite("A log that nobody reads") struct LogOutputTests {
  @Test func linesAreLostAndCounted() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let output = LogOutput(ends[1])
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
    func write() -> Int { line.withUnsafeBytes { output.write($0) } }
    // 16 pages (pipe(7)), and a line fills most of one.
    let size = 16 * 4096
    for _ in 0..<40 { #expect(write() == 0) }
    var taken = [UInt8](repeating: 0, count: size)
    let count = read(ends[0], &taken, size)
    #expect(count > 0 && count % line.count == 0, "only whole lines are written")
    let lost = write()
    #expect(lost == 40 - count / line.count)
    #expect(write() == 0, "it is reported once")
  }

  @Test func aLineLongerThanThePipesUnitArrivesWhole() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let line = (0..<20_000).map { UInt8($0 % 251) }
    #expect(line.withUnsafeBytes { LogOutput(ends[1]).write($0) } == 0)
    var taken = [UInt8](repeating: 0, count: line.count)
    var count = 0
    while count < line.count {
      let more = taken.withUnsafeMutableBytes { read(ends[0], $0.baseAddress.map { $0 + count }, line.count - count) }
      guard more > 0 else { break }
      count += more
    }
    #expect(taken == line)
  }
}
