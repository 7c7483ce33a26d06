import ResourcePools
import Testing

@testable import DevicePluginFrontEnd
@testable import Observability

@Suite("Probes") struct StatusPagesTests {
  private func status(_ name: String, _ phase: PoolEndpointState.Phase, _ trouble: String? = nil) -> PoolStatus {
    let config = PoolConfig(
      path: .root, name: ResourceName(prefix: "intel.com", name: name), type: DeviceTypeCatalog.standard, selectors: [])
    return PoolStatus(
      pool: ResourcePool(config: config, units: []), openStreams: 0, obstacle: phase.obstacle(trouble: trouble))
  }

  private func pages(
    _ statuses: [PoolStatus], fault: String? = nil, hasStarted: Bool = true
  ) -> StatusPages {
    StatusPages(
      fault: fault, hasStarted: hasStarted, statuses: statuses,
      empty: [ResourceName(prefix: "intel.com", name: "none")], counters: Counters(), startTime: 0, inUse: nil)
  }

  @Test func readyWhenKubeletWatchesEveryPool() {
    let page = pages([status("a", .serving)]).page("/readyz")
    #expect(page.status == 200)
    #expect(page.body == "ok\nintel.com/a: ready\nintel.com/none: no device on this node, so no endpoint\n")
  }

  @Test func notReadySaysWhyForEachPool() {
    let refused = PoolEndpointState.Trouble.registration("bad name").text
    let page = pages([
      status("a", .serving), status("b", .awaitingStream), status("c", .pausing(then: .register), refused),
    ]).page("/readyz")
    #expect(page.status == 503)
    #expect(
      page.body == """
        2 of 3 pools are not ready
        intel.com/a: ready
        intel.com/b: kubelet has registered it and not opened ListAndWatch
        intel.com/c: kubelet did not register it: bad name
        intel.com/none: no device on this node, so no endpoint

        """)
    #expect(pages([], hasStarted: false).page("/readyz").status == 503)
  }

  /// Kubelet sees the pool, and the helper's container has probes of its own.
  @Test func aHelperThatFailsIsNamedAndTheDaemonIsReady() {
    let served = status("a", .serving)
    let failing = PoolStatus(
      pool: status("b", .serving).pool, openStreams: nil, obstacle: nil,
      helper: .fails("devicepool-api does not answer"))
    let page = pages([served, failing]).page("/readyz")
    #expect(page.status == 200)
    #expect(
      page.body == """
        ok
        intel.com/a: ready
        intel.com/b: ready; slices and new claims wait: devicepool-api does not answer
        intel.com/none: no device on this node, so no endpoint

        """)
  }

  @Test func aTurnThatHangsIsAFault() {
    var pulse = EventLoopWatchdog(at: 0)
    #expect(pulse.fault(at: 100) == nil)
    pulse.begin("rescan", at: 100)
    #expect(pulse.fault(at: 100 + EventLoopWatchdog.turnLimit) == nil)
    let fault = pulse.fault(at: 101 + EventLoopWatchdog.turnLimit)
    #expect(fault == "the event loop has been at 'rescan' for 121 s")
    #expect(pages([], fault: fault).page("/healthz").status == 503)
    pulse.end(at: 300)
    #expect(pulse.fault(at: 301) == nil)
    #expect(pages([]).page("/healthz").body == "ok\n")
  }

  @Test func aLoopWithoutTurnsIsAFault() {
    var pulse = EventLoopWatchdog(at: 0)
    pulse.begin("rescan", at: 5)
    pulse.end(at: 6)
    #expect(pulse.fault(at: 6 + EventLoopWatchdog.silenceLimit) == nil)
    #expect(pulse.fault(at: 7 + EventLoopWatchdog.silenceLimit) != nil)
  }

  @Test func otherPathsAreNotFound() {
    #expect(pages([]).page("/other").status == 404)
    let landing = pages([]).page("/")
    #expect(landing.status == 200 && landing.type.hasPrefix("text/html"))
    for path in StatusPages.paths { #expect(landing.body.contains("\"\(path)\"") || path == "/") }
  }
}
