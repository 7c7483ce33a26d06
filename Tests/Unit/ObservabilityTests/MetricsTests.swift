import Foundation
import ResourcePools
import TestSupport
import Testing

@testable import Observability

@Suite("Metrics and probes") struct MetricsTests {
  private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Every family of the page with a sample of each kind of label.
  private func page() -> String {
    let counters = Counters(moveResults: ["move", "moved"])
    let name = ResourceName(prefix: "intel.com", name: "a")
    counters.allocated(name, failed: false, took: .microseconds(180))
    counters.allocated(name, failed: true, took: .milliseconds(3))
    counters.registered(name, failed: false)
    counters.sentList(name)
    counters.healthChanged(name, sick: 1, recovered: 1)
    counters.prepared(failed: false, took: .milliseconds(4))
    counters.prepared(failed: true, took: .milliseconds(20))
    counters.onNode {
      $0.rescans = 2
      $0.rescanTime.add(.milliseconds(7))
      $0.namespaceMoves["moved"] = 3
      $0.namespaceMoves["sandbox"] = 1
    }
    let config = PoolConfig(path: .root, name: name, type: DeviceTypeCatalog.standard, selectors: [])
    let units = [Unit(id: "0000:3b:01.0", members: [])]
    let status = PoolStatus(
      pool: ResourcePool(config: config, units: units), openStreams: 1, obstacle: nil, helper: .works)
    let use = UBDeviceUse(
      resource: "unifiedbus.com/ub_net_device", device: "urma_1", kernelNames: ["udma1", "bonding_dev_1"],
      eids: ["4245::1"], namespace: "batch", pod: "train", container: "app")
    return Metrics(
      pools: [status], counters: counters, startTime: 1_700_000_000, inUse: [name: 1], ubDevices: [use]
    ).text
  }

  @Test func countsByResourceAndResult() {
    let lines = page().split(separator: "\n")
    #expect(lines.contains("devicepool_allocations_total{resource=\"intel.com/a\",result=\"success\"} 1"))
    #expect(lines.contains("devicepool_allocations_total{resource=\"intel.com/a\",result=\"failure\"} 1"))
    #expect(lines.contains("devicepool_rescans_total 2"))
    #expect(lines.contains("devicepool_claims_total{result=\"success\"} 1"))
    #expect(lines.contains("devicepool_claims_total{result=\"failure\"} 1"))
    #expect(lines.contains("devicepool_claim_duration_seconds_bucket{le=\"0.005\"} 1"))
    #expect(lines.contains("devicepool_api_helper_up 1"))
    #expect(
      lines.contains(
        "devicepool_ub_device_info{container=\"app\",device=\"urma_1\",eids=\"4245::1\","
          + "kernel=\"udma1,bonding_dev_1\",namespace=\"batch\",pod=\"train\","
          + "resource=\"unifiedbus.com/ub_net_device\"} 1"))
    #expect(lines.contains("devicepool_devices{health=\"healthy\",resource=\"intel.com/a\"} 1"))
    #expect(lines.contains("devicepool_namespace_moves_total{result=\"moved\"} 3"))
    #expect(lines.contains("devicepool_namespace_moves_total{result=\"sandbox\"} 1"))
    #expect(lines.contains("devicepool_namespace_moves_total{result=\"move\"} 0"))
    #expect(
      lines.contains("devicepool_allocation_duration_seconds_bucket{le=\"0.00025\",resource=\"intel.com/a\"} 1"))
    #expect(lines.contains("devicepool_allocation_duration_seconds_bucket{le=\"+Inf\",resource=\"intel.com/a\"} 2"))
  }

  @Test func poolsThatAreNoMoreAreForgotten() {
    let counters = Counters()
    let (stays, goes) = (ResourceName(prefix: "intel.com", name: "a"), ResourceName(prefix: "intel.com", name: "b"))
    for name in [stays, goes] { counters.sentList(name) }
    counters.keep([stays])
    #expect(counters.pools.keys.sorted { "\($0)" < "\($1)" } == [stays])
  }

  /// The table of the page Metrics; `UPDATE_GOLDEN=1 swift test --filter MetricsTests` writes it anew.
  @Test func everyFamilyIsInTheManual() throws {
    var rows = ["| metric | type | labels | |", "|---|---|---|---|"]
    let page = page()
    for family in page.matches(of: #/# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n/#) {
      let name = String(family.output.1)
      let sample = try #require(page.firstMatch(of: try Regex("(?m)^\(name)(?:_bucket)?(?:\\{(.*)\\})? ")))
      let labels = (sample.output[1].substring ?? "").matches(of: #/([a-z]+)="/#).map { "`\($0.output.1)`" }
        .filter { $0 != "`le`" }
      rows.append("| `\(name)` | \(family.output.3) | \(labels.joined(separator: ", ")) | \(family.output.2) |")
    }
    let table = rows.joined(separator: "\n")
    #expect(
      try Manual.generated("metrics", expected: table) == table,
      "UPDATE_GOLDEN=1 swift test --filter MetricsTests writes it")
  }

  /// Of a node without DRA there is nothing to watch. A pool that moves has a helper too.
  @Test func theHelperIsUpWhenEveryPoolSaysSo() {
    func text(_ helpers: [PoolStatus.Helper?]) -> String {
      let name = ResourceName(prefix: "intel.com", name: "a")
      let config = PoolConfig(path: .root, name: name, type: DeviceTypeCatalog.standard, selectors: [])
      let statuses = helpers.map {
        PoolStatus(pool: ResourcePool(config: config, units: []), openStreams: nil, obstacle: nil, helper: $0)
      }
      return Metrics(pools: statuses, counters: Counters(), startTime: 0).text
    }
    #expect(!text([nil]).contains("helper") && !text([nil]).contains("claim"))
    #expect(text([nil, .works]).contains("\ndevicepool_api_helper_up 1\n"))
    #expect(text([.works, .fails("no")]).contains("\ndevicepool_api_helper_up 0\n"))
  }

  @Test func labelsAreEscaped() {
    var page = MetricsPage()
    page.sample("x", ["a": "q\"\\\n"], 1.5)
    #expect(page.text == "x{a=\"q\\\"\\\\\\n\"} 1.5\n")
  }

  @Test(.enabled(if: promtool != nil, "needs promtool, of package prometheus"))
  func promtoolFindsNothing() throws {
    let directory = try TemporaryDirectory()
    try page().write(toFile: directory["page"], atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \(try #require(Self.promtool)) check metrics < \(directory["page"])"]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }

  @Test(arguments: [
    ("9100", ListenAddress(host: "127.0.0.1", port: 9100)), ("0.0.0.0:80", ListenAddress(host: "0.0.0.0", port: 80)),
    ("[::1]:80", ListenAddress(host: "::1", port: 80)), (":80", ListenAddress(host: "0.0.0.0", port: 80)), ("x", nil),
    ("1.2.3.4:99999", nil),
  ])
  func listenAddresses(_ text: String, _ address: ListenAddress?) {
    #expect(ListenAddress(text) == address)
  }
}
