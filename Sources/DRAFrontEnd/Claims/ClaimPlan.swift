import HostInventory
import KubeletAPI
import ResourcePools

/// The steps to prepare a claim, computed from the claim, the pools and what pods and claims hold.
struct ClaimPlan: Sendable {
  let record: PreparedClaimRecord
  /// The allocation of each request, with its effects.
  private(set) var requests: [(request: String, allocation: Allocation)]

  /// Why a claim can't be prepared: which device, the cause, and what to do.
  struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  /// The pools of the node that DRA serves, and what pods and claims hold.
  struct Node: Sendable {
    let driver: DriverName
    let pools: [(published: PublishedPool, pool: ResourcePool)]
    let ledger: ClaimLedger
    /// Ids of units that pods have through the device plugin API.
    let heldByPlugins: Set<String>
    /// Reads devices again, and the host's nodes, for `ResourcePool.allocate`.
    let devicesNow: @Sendable ([String]) -> [Device]
    let nodesNow: @Sendable (Set<HostNodes.Node>) -> HostNodes

    init(
      driver: DriverName, pools: [(published: PublishedPool, pool: ResourcePool)], ledger: ClaimLedger,
      heldByPlugins: Set<String>, devicesNow: @escaping @Sendable ([String]) -> [Device],
      nodesNow: @escaping @Sendable (Set<HostNodes.Node>) -> HostNodes
    ) {
      self.driver = driver
      self.pools = pools
      self.ledger = ledger
      self.heldByPlugins = heldByPlugins
      self.devicesNow = devicesNow
      self.nodesNow = nodesNow
    }
  }

  init(_ claim: ClaimReference, _ allocation: ClaimAllocation, on node: Node) throws(Refusal) {
    guard ClaimFile.isName(claim.uid) else { throw Refusal("uid '\(claim.uid.prefix(64))' is no claim's uid") }
    var requests: [(request: String, allocation: Allocation)] = []
    var devices: [PreparedClaimRecord.Device] = []
    for (number, request) in allocation.requests.enumerated() {
      let results = allocation.results.filter { $0.request == request }
      let parameters: ClaimParameters
      do throws(ClaimAllocation.Failure) {
        parameters = try ClaimParameters(for: request, in: allocation, driver: node.driver)
      } catch {
        throw Refusal("\(error)")
      }
      let draft = try RequestDraft(results, parameters, of: claim, on: node)
      let name = ClaimFile.qualifiedName(uid: claim.uid, number: number, driver: node.driver)
      devices += draft.records(firstNames: draft.givesAnything ? [name] : [])
      requests.append((request, draft.allocation))
    }
    self.requests = requests
    record = PreparedClaimRecord(uid: claim.uid, namespace: claim.namespace, name: claim.name, devices: devices)
  }

  /// Replaces an allocation that its effects have changed, e.g. by the node of a group.
  mutating func replace(_ allocation: Allocation, ofRequest index: Int) {
    requests[index].allocation = allocation
  }

  func file(driver: DriverName) -> ClaimFile {
    ClaimFile(uid: record.uid, driver: driver, edits: requests.map { ($0.request, $0.allocation) })
  }
}

/// One request's devices, while they are put together.
private struct RequestDraft {
  typealias Found = (result: ClaimAllocation.Result, entry: PublishedPool.Entry, pool: ResourcePool)

  private let found: [Found]
  private(set) var allocation = Allocation.empty

  init(
    _ results: [ClaimAllocation.Result], _ parameters: ClaimParameters, of claim: ClaimReference,
    on node: ClaimPlan.Node
  ) throws(ClaimPlan.Refusal) {
    var found: [Found] = []
    for result in results { found.append(try Self.find(result, parameters, of: claim, on: node)) }
    self.found = found
    var pools: [ResourceName] = []
    for item in found where !pools.contains(item.pool.name) { pools.append(item.pool.name) }
    for name in pools {
      let members = found.filter { $0.pool.name == name }
      guard let pool = members.first?.pool.following(parameters) else { continue }
      let ids = members.map(\.entry.unit)
      let devices = node.devicesNow(pool.devices(of: ids))
      let nodes = node.nodesNow(pool.nodes(for: ids, seeing: devices, cdi: .off))
      do throws(AllocationError) {
        allocation.merge(try pool.allocate(ids, seeing: devices, nodes: nodes, cdi: .off))
      } catch {
        throw ClaimPlan.Refusal("\(error)")
      }
    }
    allocation.nameDeviceInfoByDevice()
  }

  var givesAnything: Bool { !allocation.environment.isEmpty || !allocation.nodes.isEmpty || !allocation.mounts.isEmpty }

  func records(firstNames names: [String]) -> [PreparedClaimRecord.Device] {
    let files = allocation.effects.compactMap { effect -> DeviceInfo? in
      if case .deviceInfo(let info) = effect { info } else { nil }
    }
    return found.enumerated().map { index, item in
      PreparedClaimRecord.Device(
        request: item.result.request, pool: item.result.pool, device: item.result.device, share: item.result.share,
        isAdmin: item.result.isAdmin, resource: item.pool.name, unit: item.entry.unit, deviceID: item.entry.deviceID,
        cdiNames: index == 0 ? names : [],
        deviceInfo: files.first { $0.resource == item.pool.name && $0.unit == item.entry.deviceID }?.fileName ?? "")
    }
  }

  private static func find(
    _ result: ClaimAllocation.Result, _ parameters: ClaimParameters, of claim: ClaimReference, on node: ClaimPlan.Node
  ) throws(ClaimPlan.Refusal) -> Found {
    guard let place = node.pools.first(where: { $0.published.name == result.pool }) else {
      throw ClaimPlan.Refusal(
        "pool \(result.pool) is not served by DRA on this node: delete the pod, so that it is scheduled anew")
    }
    guard let entry = place.published[device: result.device], let unit = place.pool[entry.unit] else {
      throw ClaimPlan.Refusal(
        "device \(result.device) of pool \(result.pool) is no longer on this node: delete the pod, so that it is scheduled anew"
      )
    }
    try check(unit, of: place.pool, result, parameters, of: claim, on: node, entry)
    return (result, entry, place.pool)
  }

  private static func check(
    _ unit: Unit, of pool: ResourcePool, _ result: ClaimAllocation.Result, _ parameters: ClaimParameters,
    of claim: ClaimReference, on node: ClaimPlan.Node, _ entry: PublishedPool.Entry
  ) throws(ClaimPlan.Refusal) {
    let name = "device \(result.device) (\(entry.deviceID.isEmpty ? "\(pool.name)" : entry.deviceID))"
    // A claim that has the device keeps it: after a reboot kubelet asks once more.
    let isItsOwn = node.ledger.claims[claim.uid]?.devices.contains {
      $0.resource == pool.name && $0.unit == entry.unit
    }
    if case .unhealthy(let reason) = unit.health, let taint = entry.device.taint, isItsOwn != true,
      !result.tolerated.contains(where: { $0 == nil || $0 == taint.key })
    {
      throw ClaimPlan.Refusal("\(name) is unhealthy: \(reason)")
    }
    if parameters.vfio == true, let driver = unit.members.first?.device.driver,
      driver != VFIODriver.generic
    {
      throw ClaimPlan.Refusal("\(name) is bound to \(driver), and the claim asks for vfio: bind it to vfio-pci")
    }
    guard !result.isAdmin, pool.config.type.ownership == .claimed else { return }
    if node.heldByPlugins.contains(entry.deviceID) {
      throw ClaimPlan.Refusal(
        "\(name) is held by a pod that has it as \(pool.name) from the device plugin: it is free when that pod ends")
    }
    let record = PreparedClaimRecord.Device(
      request: result.request, pool: result.pool, device: result.device, share: result.share, isAdmin: false,
      resource: pool.name, unit: entry.unit, deviceID: entry.deviceID, cdiNames: [], deviceInfo: "")
    if result.share.isEmpty, let other = node.ledger.holder(of: record, but: claim.uid) {
      throw ClaimPlan.Refusal("\(name) is held by claim \(other.title): it is free when that claim's last pod ends")
    }
  }
}

extension ResourcePool {
  /// The pool as the claim's parameters have it.
  fileprivate func following(_ parameters: ClaimParameters) -> ResourcePool {
    guard parameters != ClaimParameters() else { return self }
    var config = config
    config.resetOnAllocate = parameters.resetOnAllocate ?? config.resetOnAllocate
    if let needVhostNet = parameters.needVhostNet {
      for index in config.selectors.indices { config.selectors[index].needVhostNet = needVhostNet }
    }
    return ResourcePool(config: config, units: units)
  }
}

extension Allocation {
  /// Adds what a request's devices of another pool give.
  fileprivate mutating func merge(_ other: Allocation) {
    environment.merge(other.environment) { $1 }
    for node in other.nodes where !nodes.contains(where: { $0.hostPath == node.hostPath }) { nodes.append(node) }
    for mount in other.mounts where !mounts.contains(where: { $0.containerPath == mount.containerPath }) {
      mounts.append(mount)
    }
    effects += other.effects
  }

  /// Multus looks for the device's id, so the file gets that id and not the replica's.
  fileprivate mutating func nameDeviceInfoByDevice() {
    effects = effects.map { effect in
      guard case .deviceInfo(var info) = effect else { return effect }
      info.unit = UnitID.device(of: info.unit)
      return .deviceInfo(info)
    }
  }
}
