import Testing

@testable import ResourcePools

@Suite struct WantedValuesTests {
  /// Few values are kept in another way than many.
  @Test(arguments: [0, 1, 8, 9, 100]) func whatIsWantedIsFound(count: Int) {
    let words = (0..<count).map { "word\($0)" }
    let wanted = WantedValues(words)
    #expect(words.allSatisfy(wanted.contains))
    #expect(!wanted.contains("word\(count)") && !wanted.contains("") && !wanted.contains("word"))
  }
}
