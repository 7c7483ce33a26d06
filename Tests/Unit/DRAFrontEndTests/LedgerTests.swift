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

  /// A claim with admin access may have a device that another claim has.
  @Test func claimsHaveUnitsWithoutAdminAccess() throws {
    var ledger = try ledger()
    let record = try #require(ledger.claims.values.first)
    let device = record.devices[0]
    #expect(ledger.units(driver: .standard).map(\.unit) == record.devices.map(\.unit) && record.devices.count == 2)
    let admin = PreparedClaimRecord.Device(
      request: "r", pool: device.pool, device: device.device, share: "", isAdmin: true, resource: device.resource,
      unit: device.unit, deviceID: device.deviceID, cdiNames: [], deviceInfo: "")
    let shared = PreparedClaimRecord.Device(
      request: "r", pool: "p", device: "d", share: "s", isAdmin: false, resource: device.resource, unit: "0",
      deviceID: "", cdiNames: [], deviceInfo: "")
    ledger.add(PreparedClaimRecord(uid: "a", namespace: "ns", name: "c", devices: [admin, shared]))
    let added = ledger.units(driver: .standard).filter { $0.claim == "c" }
    #expect(added.map(\.unit) == ["0"] && added.map(\.isShared) == [true] && added.map(\.held) == [nil])
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
