import JSONText
import KubeletAPI
import ResourcePools
import Testing

@testable import DRAFrontEnd

@Suite("The driver's checkpoint") struct LedgerTests {
  private func ledger() throws -> ClaimLedger {
    var claims = try Claims(
      #"{"resourceList":[{"resourceName":"net","serve":"dra","selectors":{"drivers":["iavf"]}}]}"#,
      on: "intel-e810-x710")
    claims.ledger.add(try claims.plan(try claims.allocation([("r", 0, 0), ("s", 0, 1)])).record)
    return claims.ledger
  }

  @Test func whatIsWrittenIsRead() throws {
    let ledger = try ledger()
    #expect(try ClaimLedger(decoding: Array(ledger.text.utf8)) == ledger)
    #expect(try ClaimLedger(decoding: Array(ClaimLedger().text.utf8)) == ClaimLedger())
  }

  /// A driver that has forgotten a claim would hand its devices out again.
  @Test func whatIsDamagedIsRefused() throws {
    let text = try ledger().text
    for length in stride(from: 0, to: text.utf8.count - 2, by: 7) {
      #expect(throws: ClaimLedger.Failure.self) { try ClaimLedger(decoding: Array(text.utf8.prefix(length))) }
    }
    for (found, replacement) in [("\"version\":1", "\"version\":2"), ("uid-1\"", "../uid\""), ("\"unit\"", "\"u\"")] {
      let damaged = text.split(separator: found, omittingEmptySubsequences: false).joined(separator: replacement)
      #expect(throws: ClaimLedger.Failure.self, "\(found)") { try ClaimLedger(decoding: Array(damaged.utf8)) }
    }
  }
}
