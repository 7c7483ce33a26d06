import Foundation
import JSONText
import KubeletAPI
import KubeletSimulator
import Observability
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

/// The daemon with pools of both front ends.
@Suite("Pools that DRA serves", .serialized, .timeLimit(.minutes(2))) struct DRAPluginTests {
  private static let fec = "intel.com/fec"
  private static let variable = "PCIDEVICE_INTEL_COM_FEC"

  /// Three accelerators, which need nothing of the network namespace that a test runs in.
  private static func machine() throws -> MachineTree {
    let lines = (1...3).flatMap { number in
      let path = "sys/devices/pci0000:1\(number)/0000:1\(number):00.0"
      return [
        "link sys/bus/pci/devices/0000:1\(number):00.0 -> ../../../\(path.dropFirst("sys/".count))",
        "file \(path)/modalias pci:v00008086d00000D5Csv00008086sd00000000bc12sc00i00",
        "link \(path)/driver -> ../../../bus/pci/drivers/vfio-pci",
        "link \(path)/iommu_group -> ../../../kernel/iommu_groups/\(number)",
      ]
    }
    return try MachineTree(text: "machine 3 accelerators\n" + lines.joined(separator: "\n") + "\n")
  }

  private static func config(_ serve: String) -> String {
    """
    {"resourceList":[
      {"resourceName":"fec","deviceType":"accelerator","serve":"\(serve)",
       "selectors":{"pciAddresses":["0000:11:00.0","0000:12:00.0"]}},
      {"resourceName":"other","deviceType":"accelerator","selectors":{}}]}
    """
  }

  /// The daemon, kubelet, and the API helper's stand-in.
  private struct Scene {
    let plugin: RunningPlugin
    let controlPlane: ControlPlaneSimulator

    init(_ serve: String) throws {
      plugin = try RunningPlugin(
        .watcher, config: DRAPluginTests.config(serve), machine: try DRAPluginTests.machine()
      ) { options in
        options.nodeName = "node1"
        options.handoverPause = 0.2
        options.apiSocket = options.kubelet.path + "/api.sock"
        options.listen = ListenAddress("127.0.0.1:0")
        options.verbosity = 0
      }
      controlPlane = try ControlPlaneSimulator(socket: plugin.options.apiSocket)
    }

    func stop() async -> Int32 {
      controlPlane.stop()
      return await plugin.stop()
    }

    func prepare(_ claim: ClaimReference) async throws -> ContainerView {
      try #require(await plugin.kubelet.hasDriver("devicepool", within: .seconds(10)))
      let prepared = try await plugin.kubelet.prepare([claim], by: "devicepool")
      return try ContainerView(named: "app", of: prepared, specs: plugin.directory["run/cdi"])
    }

    /// A page of the daemon.
    func page(_ path: String) throws -> String {
      let line = try #require(plugin.log.all("status pages are served").first)
      let port = try #require(UInt16("\(line.metadata["port"] ?? "")"))
      return try #require(try HTTPClient.page(path, port: port))
    }

    /// The devices that are published, with those that have a taint.
    func published(_ count: Int, tainted: Int = 0) async -> Bool {
      await controlPlane.slices(within: .seconds(15)) { slices in
        let devices = slices.flatMap { $0["spec"]?["devices"]?.array ?? [] }
        return devices.count == count && devices.count { $0["taints"] != nil } == tainted
      } != nil
    }
  }

  private func with(_ serve: String, _ body: (Scene) async throws -> Void) async throws {
    let scene = try Scene(serve)
    var failure: (any Error)?
    do { try await body(scene) } catch { failure = error }
    #expect(await scene.stop() == 0)
    if let failure { throw failure }
  }

  private func pod(_ uid: String) -> Pod {
    let request = ResourceRequest(resource: Self.fec, count: 1)
    return Pod(uid: uid, name: uid, containers: [.init(name: "app", requests: [request])])
  }

  /// The same variables, nodes and mounts, whoever hands the device out.
  @Test func aContainerGetsTheSameFromEitherFrontEnd() async throws {
    var views: [ContainerView] = []
    try await with("dra") { scene in
      #expect(await scene.plugin.sees("intel.com/other") != nil)
      #expect(await scene.published(2))
      #expect(scene.plugin.kubelet.view[Self.fec] == nil)
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 2)])
      views.append(try await scene.prepare(claim))
    }
    try await with("devicePlugin") { scene in
      #expect(await scene.plugin.sees(Self.fec) != nil)
      #expect(scene.plugin.kubelet.drivers.isEmpty)
      var pod = pod("p")
      pod.containers[0].requests[0].count = 2
      views += try await scene.plugin.kubelet.admit(pod)
    }
    try #require(views.count == 2)
    let sorted = views.map { $0.environment.mapValues { $0.split(separator: ",").sorted() } }
    #expect(sorted[0][Self.variable] == sorted[1][Self.variable] && sorted[0][Self.variable]?.count == 2)
    #expect(Set(sorted[0].keys) == Set(sorted[1].keys))
    // Kubelet and the scheduler may name the devices in another order.
    let nodes = views.map { Set($0.devices.map { "\($0.hostPath) \($0.containerPath) \($0.permissions)" }) }
    #expect(nodes[0] == nodes[1] && views[0].mounts == views[1].mounts)
  }

  /// Free devices change hands at once, the pod's own when it ends.
  @Test func aPoolGoesToDRAUnderARunningPod() async throws {
    try await with("devicePlugin") { scene in
      let kubelet = scene.plugin.kubelet
      #expect(await scene.plugin.sees(Self.fec) { $0.allocatable == 2 } != nil)
      let view = try #require(try await kubelet.admit(pod("old")).first)
      let held = try #require(view.environment[Self.variable])
      try scene.plugin.config(Self.config("dra"))
      #expect(await scene.plugin.sees(Self.fec) { $0.allocatable == 0 && $0.capacity == 1 } != nil)
      #expect(await scene.published(1))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 1)])
      #expect(try await scene.prepare(claim).environment[Self.variable] != held)
      // The container restarts: kubelet needs the endpoint.
      try await kubelet.startContainer("app", ofPod: "old")
      try kubelet.delete(podUID: "old")
      #expect(await scene.published(2))
      try await kubelet.unprepare([claim], by: "devicepool")
    }
  }

  @Test func aPoolLeavesDRAUnderAPreparedClaim() async throws {
    try await with("dra") { scene in
      let kubelet = scene.plugin.kubelet
      #expect(await scene.published(2))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 1)])
      let held = try #require(try await scene.prepare(claim).environment[Self.variable])
      try scene.plugin.config(Self.config("devicePlugin"))
      #expect(await scene.plugin.sees(Self.fec) { $0.allocatable == 1 && $0.capacity == 1 } != nil)
      // The claim's device stays in a slice, and no new claim gets it.
      #expect(await scene.published(1, tainted: 1))
      #expect(scene.plugin.log.count("notice", "devices stay with DRA", "ids=\(held)") == 1)
      let view = try #require(try await kubelet.admit(pod("new")).first)
      #expect(view.environment[Self.variable] != held)
      try await kubelet.unprepare([claim], by: "devicepool")
      #expect(await scene.plugin.sees(Self.fec) { $0.allocatable == 2 } != nil)
      #expect(await scene.published(0))
      // Nothing needs the driver any more.
      #expect(await eventually { kubelet.drivers.isEmpty })
      try scene.plugin.config(Self.config("dra"))
      // The new pod has the other one.
      #expect(await scene.published(1))
      #expect(await kubelet.hasDriver("devicepool", within: .seconds(10)))
    }
  }

  /// What a claim has is in use, with its pod where kubelet lists that.
  @Test func aPreparedClaimIsInUse() async throws {
    try await with("dra") { scene in
      #expect(await scene.published(2))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 1)])
      let held = try #require(try await scene.prepare(claim).environment[Self.variable])
      let device = held.replacing(":", with: "-").replacing(".", with: "-")
      let listed = PodResources.Claim(
        name: claim.name, namespace: claim.namespace,
        devices: [.init(driver: "devicepool", pool: "node1/intel.com/fec", device: device)])
      _ = try await scene.plugin.kubelet.admit(
        Pod(uid: "p", name: "worker", containers: [.init(name: "app", requests: [], claims: [listed])]))
      let metrics = try scene.page("/metrics")
      for line in [
        "devicepool_devices_in_use{resource=\"intel.com/fec\"} 1",
        "devicepool_devices_in_use{resource=\"intel.com/other\"} 0",
        "devicepool_claims_total{result=\"success\"} 1", "devicepool_claim_duration_seconds_count 1",
        "devicepool_api_helper_up 1",
      ] {
        #expect(metrics.contains("\n\(line)\n"), "\(line)")
      }
      let inventory = try scene.page("/inventory.json")
      #expect(inventory.contains("\"name\": \"worker\"") && inventory.contains("\"used\": 1"))
      #expect(try scene.page("/readyz").hasPrefix("HTTP/1.1 200"))
      try await scene.plugin.kubelet.unprepare([claim], by: "devicepool")
    }
  }

  /// The device plugin needs no helper.
  @Test func withoutItsHelperADaemonIsReadyAndSaysSo() async throws {
    try await with("dra") { scene in
      #expect(await scene.published(2))
      #expect(await scene.plugin.sees("intel.com/other") != nil)
      try #require(await scene.plugin.kubelet.hasDriver("devicepool", within: .seconds(10)))
      scene.controlPlane.stop()
      #expect(await eventually { scene.plugin.log.count("the API helper is gone") == 1 })
      let ready = try scene.page("/readyz")
      #expect(ready.hasPrefix("HTTP/1.1 200") && ready.contains("intel.com/other: ready\n"))
      #expect(ready.contains("intel.com/fec: ready; slices and new claims wait: devicepool-api is not connected"))
      #expect(try scene.page("/metrics").contains("\ndevicepool_api_helper_up 0\n"))
    }
  }

  /// The scheduler may have allocated from a slice that is out of date.
  @Test func aDeviceThatAPodHasIsNotPreparedForAClaim() async throws {
    try await with("dra") { scene in
      let kubelet = scene.plugin.kubelet
      #expect(await scene.published(2))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 2)])
      try scene.plugin.config(Self.config("devicePlugin"))
      #expect(await scene.plugin.sees(Self.fec) { $0.allocatable == 2 } != nil)
      _ = try await kubelet.admit(pod("fast"))
      await #expect(throws: SimulatorError.self) { _ = try await scene.prepare(claim) }
      try scene.plugin.config(Self.config("dra"))
      #expect(await scene.published(1))
      let refusal = await #expect(throws: SimulatorError.self) { _ = try await scene.prepare(claim) }
      #expect("\(refusal.map { "\($0)" } ?? "")".contains("no longer on this node"), "\(String(describing: refusal))")
      try kubelet.delete(podUID: "fast")
      #expect(await scene.published(2))
      #expect(try await scene.prepare(claim).environment[Self.variable]?.split(separator: ",").count == 2)
    }
  }

  /// Kubelet lists the driver's own claims beside those of other drivers, whose devices must not be offered.
  @Test(arguments: [false, true])
  func onlyAnotherDriversClaimHoldsADeviceBack(_ serverDropsTaints: Bool) async throws {
    try await with("dra") { scene in
      if serverDropsTaints { scene.controlPlane.dropTaints() }
      #expect(await scene.published(2))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 1)])
      let own = try #require(try await scene.prepare(claim).environment[Self.variable])
      let other = own.hasPrefix("0000:11") ? "0000:12:00.0" : "0000:11:00.0"
      let claims = [("devicepool", own), ("foreign", other)].map { driver, id in
        let device = id.replacing(":", with: "-").replacing(".", with: "-")
        return PodResources.Claim(
          name: driver, namespace: "default", devices: [.init(driver: driver, pool: "node1", device: device)])
      }
      _ = try await scene.plugin.kubelet.admit(
        Pod(uid: "p", name: "p", containers: [.init(name: "app", requests: [], claims: claims)]))
      scene.plugin.tell(.reload)
      guard !serverDropsTaints else {
        // A server of Kubernetes 1.34 would give the sick device to pods.
        #expect(await scene.published(1))
        return try await scene.plugin.kubelet.unprepare([claim], by: "devicepool")
      }
      #expect(await scene.published(2, tainted: 1))
      let tainted = await scene.controlPlane.slices(within: .seconds(1))?
        .flatMap { $0["spec"]?["devices"]?.array ?? [] }.filter { $0["taints"] != nil }
      #expect(tainted?.first?["name"]?.string == other.replacing(":", with: "-").replacing(".", with: "-"))
      try await scene.plugin.kubelet.unprepare([claim], by: "devicepool")
    }
  }

  /// What a claim has stays out of other pools, also when its own pool is no longer configured.
  @Test func aRemovedPoolKeepsWhatClaimsHave() async throws {
    try await with("dra") { scene in
      #expect(await scene.published(2))
      let claim = try scene.controlPlane.allocate([ResourceRequest(resource: Self.fec, count: 1)])
      _ = try await scene.prepare(claim)
      try scene.plugin.config(
        #"{"resourceList":[{"resourceName":"renamed","deviceType":"accelerator","selectors":{}}]}"#)
      #expect(await scene.plugin.sees("intel.com/renamed") { $0.allocatable == 2 && $0.capacity == 2 } != nil)
      #expect(await scene.published(1, tainted: 1))
      try await scene.plugin.kubelet.unprepare([claim], by: "devicepool")
      #expect(await scene.plugin.sees("intel.com/renamed") { $0.allocatable == 3 } != nil)
      #expect(await scene.published(0))
    }
  }

  @Test func withoutANodeNameTheConfigurationIsWrong() async throws {
    let plugin = try RunningPlugin(
      .watcher, config: Self.config("dra"), machine: try DRAPluginTests.machine())
    #expect(await plugin.exitCode == 1)
    #expect(plugin.log.count("NODE_NAME") == 1)
    await plugin.kubelet.stop()
  }
}
