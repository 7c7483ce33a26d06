import DRAFrontEnd
import Foundation
import HostInventory
import JSONText
import KubeletAPI
import KubeletSimulator
import Linux
import ResourcePools
import TestSupport
import Testing

/// The front end over its real sockets.
@Suite("Serving claims", .serialized, .timeLimit(.minutes(2))) struct ServiceTests {
  @Test(arguments: DRAMethod.Version.allCases)
  func kubeletFindsTheDriverInEitherVersion(_ version: DRAMethod.Version) async throws {
    try await DRANode.with(versions: [version]) { node in
      let frontEnd = await node.start()
      #expect(await frontEnd.status().map(\.pool.name) == [node.pool.name])
      try await node.served(frontEnd)
      let slices = try #require(await node.controlPlane.slices(within: .seconds(10)))
      #expect(slices.count == 1 && slices[0]["spec"]?["nodeName"]?.string == "node1")
      let claim = try node.claim()
      #expect(try await node.prepare(claim).devices.count == 1)
      try await node.unprepare(claim)
      await frontEnd.stop()
      #expect(node.files(in: "k/plugins_registry") == [])
      #expect(await eventually { node.kubelet.drivers.isEmpty })
    }
  }

  @Test func aClaimComesAndGoes() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let claim = try node.claim()
      let prepared = try await node.prepare(claim)
      #expect(prepared.devices.map(\.cdiNames) == [["devicepool/claim=\(claim.uid)-0"]])
      #expect(node.files(in: "run/cdi") == ["devicepool-claim-\(claim.uid).json"])
      #expect(node.files(in: "run/devinfo").count == 1)
      #expect(await frontEnd.held(offering: [node.pool.name]).map(\.unit) == [node.pool.units[0].id])
      let unit = ClaimedUnit(
        resource: node.pool.name, unit: node.pool.units[0].id, isShared: false, namespace: "default", claim: claim.name,
        driver: "devicepool")
      #expect(await frontEnd.units() == [unit])
      // What `inventory` reads while the daemon runs.
      #expect(DRAFrontEnd.units(of: .standard, in: KubeletDirectory(node.directory["k"])) == [unit])
      let view = try ContainerView(named: "app", of: [prepared], specs: node.directory["run/cdi"])
      #expect(view.environment["PCIDEVICE_INTEL_COM_NET"] == node.pool.units[0].id)
      try await node.unprepare(claim)
      #expect(node.files(in: "run/cdi") == [] && node.files(in: "run/devinfo") == [])
      try await node.unprepare(claim)
      #expect(await frontEnd.held(offering: [node.pool.name]) == [])
      await frontEnd.stop()
    }
  }

  /// Kubelet forgets which claims are prepared when it restarts, and asks for those of new sandboxes.
  @Test func kubeletMayAskAgain() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let claim = try node.claim(count: 2)
      let first = try await node.prepare(claim)
      try await node.kubelet.restart()
      try #require(await node.kubelet.hasDriver(DRANode.driver, within: .seconds(10)))
      // The answer needs no API server.
      node.controlPlane.stop()
      #expect(try await node.prepare(claim) == first)
      await frontEnd.stop()
    }
  }

  /// The scheduler does not give a device to two claims; when it seems so, the first one keeps it.
  @Test func aDeviceHasOneClaim() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let first = try node.claim()
      try await node.prepare(first)
      node.controlPlane.delete(first)
      let second = try node.claim()
      let refusal = await node.refusal(second)
      #expect(refusal.contains("is held by claim default/claim-1: it is free when"), "\(refusal)")
      try await node.unprepare(first)
      #expect(await node.refusal(second) == "prepared")
      await frontEnd.stop()
    }
  }

  @Test func aClaimThatIsGoneOrHasWrongParametersIsRefused() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let gone = try node.claim()
      node.controlPlane.delete(gone)
      #expect(await node.refusal(gone).contains("no longer exists"))
      let parameters: JSONValue = [
        "apiVersion": "devicepool/v1alpha1", "kind": "DeviceParameters", "reset": true,
      ]
      let wrong = try node.claim(parameters: parameters)
      #expect(await node.refusal(wrong).contains("unknown field reset"))
      #expect(node.files(in: "run/cdi") == [] && node.files(in: "run/devinfo") == [])
      #expect(await frontEnd.held(offering: [node.pool.name]) == [])
      await frontEnd.stop()
    }
  }

  @Test func withoutItsHelperAClaimIsRefusedAtOnce() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let claim = try node.claim()
      node.controlPlane.stop()
      #expect(await eventually { await frontEnd.obstacle() != nil })
      #expect(await node.refusal(claim).contains("devicepool-api is not connected"))
      let status = try #require(await frontEnd.status().first)
      // Kubelet sees the driver as before.
      #expect(status.obstacle == nil)
      #expect(status.helper == .fails("devicepool-api is not connected to \(node.directory["api.sock"])"))
      await frontEnd.stop()
    }
  }

  /// A driver that forgets its claims would hand devices out twice.
  @Test func aDamagedCheckpointServesNothing() async throws {
    try await DRANode.with { node in
      try FileManager.default.createDirectory(
        atPath: node.directory["k/plugins/devicepool"], withIntermediateDirectories: true)
      try "{}".write(toFile: node.checkpoint, atomically: true, encoding: .utf8)
      let frontEnd = await node.start()
      #expect(await frontEnd.obstacle()?.contains("claims.json") == true)
      #expect(node.files(in: "k/plugins_registry") == [])
      await frontEnd.stop()
    }
  }

  @Test func aSocketThatSomebodyRemovedIsMadeAgain() async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let socket = node.directory["k/plugins_registry/devicepool-reg.sock"]
      unlink(socket)
      await frontEnd.handle(.vanished(directory: node.directory["k/plugins_registry"], name: "devicepool-reg.sock"))
      #expect(node.files(in: "k/plugins_registry") == ["devicepool-reg.sock"])
      #expect(await node.kubelet.hasDriver(DRANode.driver, within: .seconds(10)))
      await frontEnd.stop()
    }
  }

  @Test(arguments: DRAMethod.HealthVersion.allCases)
  func healthIsStreamed(_ version: DRAMethod.HealthVersion) async throws {
    try await DRANode.with { node in
      let frontEnd = try await node.serve()
      let reports = try node.kubelet.health(of: DRANode.driver, version)
      let first = try #require(try await reports.next())
      #expect(first.devices.count == node.pool.units.count)
      #expect(first.devices.allSatisfy { $0.status == .healthy && $0.timeout > 100 && $0.updated > 0 })
      var units = node.pool.units
      units[1].health = .unhealthy(reason: "link ens1f0 has no carrier")
      let sick = ResourcePool(config: node.pool.config, units: units)
      // The same again is not sent.
      await frontEnd.apply(node.partition, snapshot: node.snapshot)
      await frontEnd.apply(node.partition.serving([sick]), snapshot: node.snapshot)
      let second = try #require(try await reports.next())
      #expect(second.devices.map(\.status) == units.map { $0.health == .healthy ? .healthy : .unhealthy })
      #expect(second.devices[1].message == "link ens1f0 has no carrier")
      // New claims keep away from it.
      let tainted = await node.controlPlane.slices(within: .seconds(10)) { slices in
        slices[0]["spec"]?["devices"]?.array?[1]["taints"] != nil
      }
      #expect(tainted != nil)
      await frontEnd.stop()
      #expect(try await reports.next() == nil, "the stream ends well")
    }
  }

  /// Several claims have one shared device, each a share.
  @Test func aSharedPoolServesSeveralClaims() async throws {
    let config = """
      {"configList":[{"resourceName":"hca","rdmaHcaMax":3,"serve":"dra","selectors":{"linkTypes":["ether","infiniband"]}}]}
      """
    try await DRANode.with(config, machine: "connectx6-switchdev-infiniband") { node in
      let frontEnd = try await node.serve()
      var claims: [ClaimReference] = []
      for _ in 0..<3 { claims.append(try node.claim("rdma/hca")) }
      for claim in claims { #expect(try await node.prepare(claim).devices[0].share == "\(claim.uid)-0") }
      #expect(node.files(in: "run/cdi").count == 3)
      for claim in claims { try await node.unprepare(claim) }
      await frontEnd.stop()
    }
  }

  @Test func nothingIsOpenedWithoutAPool() async throws {
    try await DRANode.with(#"{"resourceList":[]}"#) { node in
      let frontEnd = await node.start()
      #expect(node.files(in: "k/plugins_registry") == [] && node.files(in: "k/plugins") == [])
      #expect(!FileManager.default.fileExists(atPath: node.directory["api.sock"]))
      #expect(await frontEnd.status().isEmpty)
      await frontEnd.stop()
    }
  }
}
