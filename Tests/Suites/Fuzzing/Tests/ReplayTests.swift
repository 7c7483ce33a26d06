import FuzzTargets
import Testing

/// Every kept input, through the decoder it is for.
@Suite struct ReplayTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func nothingIsFoundAgain(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    #expect(try !Corpus.kept(of: target).isEmpty, "a target without a case of its own")
    for seed in try Corpus.seeds(of: target) {
      #expect(throws: Never.self, "\(seed)") { try target.run(seed.bytes) }
    }
    #expect(throws: Never.self, "nothing at all") { try target.run([]) }
  }
}
