import HostInventory
import JSONText
import KubeletAPI
import ResourcePools
import Testing

@testable import DRAFrontEnd

@Suite("Claims") struct ClaimPlanTests {
  private static let dpdk =
    #"{"resourceList":[{"resourceName":"dpdk","serve":"dra","selectors":{"drivers":["vfio-pci"]}}]}"#
  private static let net =
    #"{"resourceList":[{"resourceName":"net","serve":"dra","selectors":{"drivers":["iavf"]}}]}"#

  /// As Allocate answers: the same variables, nodes and mounts, lists joined for the request.
  @Test func aRequestGetsWhatAContainerGetsFromTheDevicePlugin() throws {
    let claims = try Claims(Self.net, on: "intel-e810-x710")
    let pool = claims.partition.pools[0]
    let ids = [pool.units[2].id, pool.units[0].id]
    let plan = try claims.plan(try claims.allocation([("r", 0, 2), ("r", 0, 0)]))
    let allocated = try pool.allocate(
      ids, seeing: ids.compactMap { claims.inventory[$0] }, nodes: claims.inventory.nodes, cdi: .off)
    #expect(plan.requests.map(\.request) == ["r"])
    #expect(plan.requests[0].allocation == allocated)
    #expect(plan.requests[0].allocation.environment["PCIDEVICE_INTEL_COM_NET"] == ids.joined(separator: ","))
    #expect(plan.record.devices.map(\.cdiNames) == [["devicepool/claim=uid-1-0"], []])
    #expect(plan.record.devices.map(\.deviceInfo).allSatisfy { $0.hasSuffix("-device.json") })
  }

  @Test func eachRequestHasItsOwnDeviceInTheSpec() throws {
    let claims = try Claims(Self.dpdk, on: "h1")
    let plan = try claims.plan(try claims.allocation([("a/first", 0, 0), ("b", 0, 1)]))
    let file = plan.file(driver: .standard)
    #expect(file.fileName == "devicepool-claim-uid-1.json")
    let spec = try JSONNode.parse(Array(file.text.utf8))
    #expect(spec["kind"]?.string == "devicepool/claim")
    let devices = try #require(spec["devices"]?.array)
    #expect(devices.compactMap { $0["name"]?.string } == ["uid-1-0", "uid-1-1"])
    let edits = try #require(devices[0]["containerEdits"])
    #expect(edits["deviceNodes"]?.array?.compactMap { $0["path"]?.string }.contains("/dev/vfio/vfio") == true)
    #expect(edits["env"]?.array?.contains { $0.string?.hasPrefix("PCIDEVICE_INTEL_COM_DPDK=") == true } == true)
    #expect(plan.record.devices.map(\.request) == ["a", "b"])
  }

  @Test func aDeviceOfAnotherClaimIsRefused() throws {
    var claims = try Claims(Self.net, on: "intel-e810-x710")
    let allocation = try claims.allocation([("r", 0, 0)])
    claims.ledger.add(try claims.plan(allocation).record)
    let other = ClaimReference(namespace: "ns", uid: "uid-2", name: "other")
    let refusal = #expect(throws: ClaimPlan.Refusal.self) { try claims.plan(allocation, other) }
    #expect(refusal?.description.contains("is held by claim ns/") == true, "\(refusal as Any)")
    #expect(try claims.plan(allocation).record.devices.count == 1, "the same claim may ask again")
    claims.ledger.remove("uid-1")
    #expect(throws: Never.self) { try claims.plan(allocation, other) }
  }

  @Test func aDeviceThatAPodHasFromTheDevicePluginIsRefused() throws {
    var claims = try Claims(Self.net, on: "intel-e810-x710")
    claims.heldByPlugins = [claims.partition.pools[0].units[0].id]
    let allocation = try claims.allocation([("r", 0, 0)])
    let refusal = #expect(throws: ClaimPlan.Refusal.self) { try claims.plan(allocation) }
    let reason = "is held by a pod that has it as intel.com/net from the device plugin: it is free when that pod ends"
    #expect(refusal?.description.contains(reason) == true, "\(refusal as Any)")
    #expect(throws: Never.self) { try claims.plan(try claims.allocation([("r", 0, 1)])) }
  }

  @Test func sharesOfOneDeviceGoToSeveralClaims() throws {
    var claims = try Claims(
      #"{"configList":[{"resourceName":"hca","rdmaHcaMax":4,"serve":"dra","selectors":{"linkTypes":["infiniband","ether"]}}]}"#,
      on: "connectx6-switchdev-infiniband")
    for number in 0..<3 {
      let claim = ClaimReference(namespace: "ns", uid: "uid-\(number)", name: "c")
      let plan = try claims.plan(try claims.allocation([("r", 0, 0)], share: "share-\(number)"), claim)
      #expect(plan.record.devices[0].share == "share-\(number)")
      #expect(plan.requests[0].allocation.nodes.contains { $0.hostPath.hasPrefix("/dev/infiniband/uverbs") })
      claims.ledger.add(plan.record)
    }
  }

  @Test func parametersAreStrict() throws {
    let claims = try Claims(Self.net, on: "intel-e810-x710")
    let head = #""apiVersion":"devicepool/v1alpha1","kind":"DeviceParameters""#
    for (text, reason) in [
      (#"{\#(head),"reset":true}"#, "unknown field reset, expected resetOnAllocate, needVhostNet or vfio"),
      (#"{\#(head),"resetOnAllocate":"yes"}"#, "resetOnAllocate: expected true or false"),
      (#"{"kind":"DeviceParameters"}"#, "apiVersion is missing, expected devicepool/v1alpha1"),
      (#"{"apiVersion":"devicepool/v1","kind":"DeviceParameters"}"#, "apiVersion is devicepool/v1, expected"),
      ("[]", "expected an object"), (#"{\#(head),"vfio":true}"#, "the claim asks for vfio: bind it to vfio-pci"),
    ] {
      let allocation = try claims.allocation([("r", 0, 0)], config: [text])
      let refusal = #expect(throws: ClaimPlan.Refusal.self, "\(text)") { try claims.plan(allocation) }
      #expect(refusal?.description.contains(reason) == true, "\(refusal as Any)")
    }
    let allocation = try claims.allocation(
      [("r", 0, 0)], config: [#"{\#(head),"resetOnAllocate":true}"#, #"{\#(head),"needVhostNet":false}"#])
    let effects = try claims.plan(allocation).requests[0].allocation.effects
    #expect(effects.contains { $0.resetDevice == claims.partition.pools[0].units[0].id })
  }

  @Test func whatTheNodeDoesNotHaveIsRefused() throws {
    let claims = try Claims(Self.net, on: "intel-e810-x710")
    for (pool, device, reason) in [
      ("node2/intel.com/net", "0000-3b-01-0", "node2/intel.com/net is not served by DRA on this node: delete the pod"),
      ("node1/intel.com/net", "0000-ff-00-0", "of pool node1/intel.com/net is no longer on this node: delete the pod"),
    ] {
      let allocation = try ClaimAllocation([
        "results": [["request": "r", "pool": .string(pool), "device": .string(device)]]
      ])
      let refusal = #expect(throws: ClaimPlan.Refusal.self) { try claims.plan(allocation) }
      #expect(refusal?.description.contains(reason) == true, "\(refusal as Any)")
    }
    #expect(throws: ClaimAllocation.Failure.self) { try ClaimAllocation(["results": [["request": "r"]]]) }
    #expect(throws: ClaimAllocation.Failure.self) { try ClaimAllocation(["results": []]) }
  }
}
