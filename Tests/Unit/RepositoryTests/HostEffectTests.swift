import Foundation
import TestSupport
import Testing

/// ResourcePools describes effects and Effects performs them, so that no compiler sees whether one is missing.
@Suite("Effects of attachments") struct HostEffectTests {
  @Test func eachIsPerformed() throws {
    let described = try names("struct (\\w+): HostEffect", below: "Sources/ResourcePools")
    let performed = try names("extension (\\w+): PerformableEffect", below: "Sources/Effects")
    #expect(!described.isEmpty)
    #expect(described == performed)
  }

  private func names(_ pattern: String, below directory: String) throws -> Set<String> {
    let pattern = try Regex(pattern, as: (Substring, Substring).self)
    return Set(
      try Repository.swiftFiles(below: directory).flatMap { path in
        try Repository.text(path).matches(of: pattern).map { String($0.output.1) }
      })
  }
}
