import Testing

@testable import Observability

@Suite("The version's line") struct VersionLineTests {
  @Test func hasTheCommitWhereTheBuildKnowsIt() {
    #expect(Version.line(commit: "", date: "") == "devicepool version:\(Version.number)")
    #expect(
      Version.line(commit: "0123456789ab", date: "2026-11-30")
        == "devicepool version:\(Version.number) commit:0123456789ab date:2026-11-30")
  }
}
