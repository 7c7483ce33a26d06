import Foundation
import HostInventory
import ResourcePools
import TestSupport
import Testing

@testable import Agent

@Suite("The safety scan") struct SafetyScanTests {
  private static let claimed = #""resourceList":[{"resourceName":"a","selectors":{}}]"#
  private static let shared =
    #""configList":[{"resourceName":"hca","rdmaHcaMax":2,"selectors":{"vendors":["15b3"]}}]"#

  private func config(_ members: String...) throws -> PluginConfig {
    let (config, problems) = PluginConfig.decode(
      Array("{\(members.joined(separator: ","))}".utf8), file: "c.json",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    return try #require(config, "\(problems)")
  }

  /// `periodicUpdateInterval`: 0 is never, and more than a minute is that long, for shared pools alone.
  @Test(arguments: [(0, nil), (1, 1), (60, 60), (600, 600)] as [(Int, Int?)])
  func sharedPoolsAreLookedAtAsOftenAsTheyAsk(_ seconds: Int, _ interval: Int?) throws {
    let config = try config(Self.shared, #""periodicUpdateInterval":\#(seconds)"#)
    #expect(SafetyScan.interval(of: config) == interval)
    #expect(SafetyScan.pause(of: config) <= 60, "the configuration's files are compared every minute")
    var scan = SafetyScan()
    scan.note(FunctionFingerprints(of: try MachineTree(named: "h6").read().0, from: HostRoot("/nowhere")), at: 1000)
    #expect(scan.isDue(config, at: 1000 + 59) == interval.map { $0 <= 60 } ?? false)
    #expect(scan.isDue(config, at: 1000 + 600) == (interval != nil))
  }

  @Test(arguments: [(0, 60), (5, 5), (600, 60)])
  func claimedPoolsAreLookedAtEveryMinuteAtLeast(_ seconds: Int, _ interval: Int) throws {
    let config = try config(Self.claimed, Self.shared, #""periodicUpdateInterval":\#(seconds)"#)
    #expect(SafetyScan.interval(of: config) == interval)
    #expect(SafetyScan.interval(of: try self.config(Self.claimed)) == 60)
  }

  /// Files that could not be read are tried again at each look, and so is what has another fingerprint.
  @Test(arguments: [false, true]) func mostLooksReadWhatChangedAndEveryTenthReadsAll(_ hasProblems: Bool) throws {
    let machine = try MachineTree(named: "h6")
    let (inventory, _) = machine.read()
    let fingerprints = FunctionFingerprints(of: inventory, from: machine.root)
    var scan = SafetyScan()
    scan.note(fingerprints, at: 0)
    let scopes = (1...10).map { scan.begin(fingerprints, isIncomplete: hasProblems, at: Double($0) * 60) }
    #expect(scopes.dropLast().allSatisfy { $0 == (hasProblems ? .functions([]) : nil) })
    #expect(scopes.last == .everything)
    let device = try #require(inventory.devices.first)
    try FileManager.default.removeItem(atPath: machine.place("sys/bus/pci/devices/\(device.id)"))
    let changed = FunctionFingerprints(of: inventory, from: machine.root)
    #expect(scan.begin(changed, isIncomplete: false, at: 660) == .functions([try #require(PCIAddress(device.id))]))
  }
}
