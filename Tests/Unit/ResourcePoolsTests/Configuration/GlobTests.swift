import ResourcePools
import Testing

@Suite("Globs match whole names")
struct GlobTests {
  @Test(
    arguments: [
      ("worker-1", "worker-1", true), ("worker-1", "worker-10", false), ("worker-*", "worker-", true),
      ("worker-*", "a-worker-1", false), ("*", "", true), ("", "", true), ("", "a", false), ("?", "", false),
      ("w?rker", "worker", true), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("a*", "b", false),
      ("*.rack1.*", "n1.rack1.example", true), ("a**b", "ab", true), ("[a]", "a", false), ("?", "é", true),
    ])
  func matching(pattern: String, name: String, matches: Bool) {
    #expect(Glob(pattern).matches(name) == matches)
  }

  @Test func hostilePatternsEnd() {
    let pattern = String(repeating: "*a", count: 200) + "b"
    #expect(!Glob(pattern).matches(String(repeating: "a", count: 5_000)))
  }
}
