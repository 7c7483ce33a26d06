import Effects
import HostInventory
import KubeletAPI
import KubeletState
import Linux
import Logging
import ResourcePools

/// Prepares and unprepares claims.
///
/// Lookups run at the same time. Claims are prepared and unprepared one after the other, so that no two get the same
/// device.
actor ClaimService {
  private let context: DRAContext
  private let link: HelperLink
  private let log: Logger
  private let store: ClaimStore
  private var ledger = ClaimLedger()
  /// The claim whose effects are performed now; it holds its devices already.
  private var pending: PreparedClaimRecord?
  private var pools: [OfferedPool] = []
  private var snapshot: HostSnapshot?
  /// Claims that kubelet wants to be prepared and that are not, because they are looked up or were refused. Kubelet
  /// unprepares them when their pods end, and such a pod stays until that has succeeded.
  private var unprepared: Set<String> = []
  private let turns = Turns()
  /// Whether this process has the driver's socket. Before that, a predecessor may prepare claims and change the
  /// checkpoint.
  private var isOwner = false
  /// Why nothing is served; nil when it is.
  private(set) var fault: String?

  init(_ context: DRAContext, link: HelperLink, log: Logger) {
    self.context = context
    self.link = link
    self.log = log
    store = ClaimStore(
      driver: context.driver, directory: context.directory, cdiDirectory: context.cdiDirectory,
      deviceInfoDirectory: context.deviceInfoDirectory)
  }

  // MARK: What is offered and held

  /// Reads the checkpoint, which a predecessor may have changed.
  private func readCheckpoint() {
    guard !isOwner else { return }
    do throws(CheckpointError) {
      ledger = try store.read()
      fault = nil
    } catch {
      if fault == nil { log.error("pools are not served by DRA", metadata: ["err": "\(error)"]) }
      fault = "\(error)"
    }
  }

  /// Makes kubelet's directory for the driver, unless the checkpoint in it can't be used.
  func prepareDirectory() throws(FileError) {
    readCheckpoint()
    if fault == nil { try store.makeDirectory() }
  }

  /// Notes that this process has the driver's socket now, and so its files.
  func takeOver() {
    guard !isOwner else { return }
    readCheckpoint()
    guard fault == nil else { return }
    store.sweep(keeping: ledger)
    isOwner = true
  }

  /// Sets the pools from which claims are prepared.
  func offer(_ pools: [OfferedPool], on snapshot: HostSnapshot) {
    self.pools = pools
    self.snapshot = snapshot
  }

  /// Prepares no more claims from pools that are not named. Prepared claims keep their devices.
  func offerOnly(_ names: Set<ResourceName>) { pools.removeAll { !names.contains($0.pool.name) } }

  /// Gives the driver's socket up, and with it the files: another process may change them.
  func release() { isOwner = false }

  /// Whether kubelet has a claim to unprepare.
  var holdsClaims: Bool {
    readCheckpoint()
    return !ledger.claims.isEmpty || pending != nil || !unprepared.isEmpty
  }

  /// The units of prepared claims, also of shared pools.
  var units: [ClaimedUnit] {
    readCheckpoint()
    let added = pending.flatMap { ledger.claims[$0.uid] == nil ? $0.units(driver: context.driver) : nil }
    return ledger.units(driver: context.driver) + (added ?? [])
  }

  /// The units of prepared claims, which no other front end may offer.
  var held: [HeldUnit] {
    readCheckpoint()
    let records = ledger.claims.values.sorted { $0.uid < $1.uid } + (pending.map { [$0] } ?? [])
    return records.flatMap(\.devices).filter { !$0.deviceID.isEmpty }.map { HeldUnit(pool: $0.resource, unit: $0.unit) }
  }

  // MARK: Prepare

  func prepare(_ list: ClaimList) async -> PreparedClaims {
    let begin = ContinuousClock.now
    let unknown = list.claims.filter { known($0) == nil }
    unprepared.formUnion(unknown.map(\.uid))
    let lookups = await withTaskGroup(of: (String, ClaimLookups.Answer).self) { group in
      for claim in unknown { group.addTask { [link] in (claim.uid, await link.lookUp(claim)) } }
      var answers: [String: ClaimLookups.Answer] = [:]
      for await (uid, answer) in group { answers[uid] = answer }
      return answers
    }
    var answers: [PreparedClaim] = []
    for claim in list.claims {
      do throws(ClaimPlan.Refusal) {
        answers.append(try await prepare(claim, lookups[claim.uid]))
        unprepared.remove(claim.uid)
        context.counted(true, ContinuousClock.now - begin)
      } catch {
        unprepared.insert(claim.uid)
        context.counted(false, ContinuousClock.now - begin)
        log.error("claim refused", metadata: ["claim": "\(claim.title)", "err": "\(error)"])
        answers.append(PreparedClaim(uid: claim.uid, error: "\(error)"))
      }
    }
    return PreparedClaims(claims: answers)
  }

  /// The answer that kubelet got for the claim before; nil when the claim must be prepared again. After a reboot its
  /// spec is missing, and its facts about the host may be obsolete.
  private func known(_ claim: ClaimReference) -> PreparedClaim? {
    guard isOwner, let record = ledger.claims[claim.uid], store.hasFile(of: claim.uid) else { return nil }
    return record.answer
  }

  private func prepare(
    _ claim: ClaimReference, _ lookup: ClaimLookups.Answer?
  ) async throws(ClaimPlan.Refusal) -> PreparedClaim {
    await turns.begin()
    defer { turns.end() }
    if let answer = known(claim) { return answer }
    guard isOwner, let snapshot, let lookup else {
      throw ClaimPlan.Refusal("the daemon has just started: kubelet asks again")
    }
    let allocation: ClaimAllocation
    let claimed = try lookup.get()
    do throws(ClaimAllocation.Failure) { allocation = try ClaimAllocation(claimed) } catch {
      throw ClaimPlan.Refusal("\(error)")
    }
    guard let units = await context.assignments.units() else {
      throw ClaimPlan.Refusal(
        "it is not known which devices pods have from the device plugin: mount kubelet's pod-resources directory")
    }
    let devices = try await devicesNow(of: allocation, on: snapshot)
    let node = ClaimPlan.Node(
      driver: context.driver, pools: pools.map { ($0.published, $0.pool) }, ledger: ledger,
      heldByPlugins: Set(units.map { UnitID.device(of: $0.unit) }),
      devicesNow: { $0.compactMap { devices[$0] } }, nodesNow: { snapshot.nodesNow($0) })
    var plan = try ClaimPlan(claim, allocation, on: node)
    pending = plan.record
    defer { pending = nil }
    do {
      try await perform(&plan, on: snapshot)
    } catch {
      undo(plan.record)
      throw ClaimPlan.Refusal("\(error)")
    }
    log.info(
      "claim prepared",
      metadata: ["claim": "\(claim.title)", "ids": "\(plan.record.devices.map(\.unit).joined(separator: ","))"])
    return plan.record.answer
  }

  /// The allocation's devices as they are at this moment, by id.
  private func devicesNow(
    of allocation: ClaimAllocation, on snapshot: HostSnapshot
  ) async throws(ClaimPlan.Refusal) -> [String: Device] {
    var ids: [String] = []
    var claimed: [ResourcePool] = []
    for result in allocation.results {
      guard let place = pools.first(where: { $0.published.name == result.pool }),
        let entry = place.published[device: result.device]
      else { continue }
      ids += place.pool.devices(of: [entry.unit])
      claimed.append(place.pool)
    }
    let (devices, silence) = await snapshot.now(ids) { [claimed] device in
      claimed.lazy.map { $0.recheck(of: device) }.max() ?? .everything
    }
    if let silence {
      throw ClaimPlan.Refusal("\(silence); the device can't be handed out until it answers")
    }
    return Dictionary(devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Performs the effects, then writes the DeviceInfo files, the claim's spec and the checkpoint.
  ///
  /// The order matters when the process is killed: the next start removes what is left, or kubelet's next call writes
  /// it again.
  private func perform(_ plan: inout ClaimPlan, on snapshot: HostSnapshot) async throws {
    // A repeated claim needs no reset: other pods may use it, and after a reboot its devices are as after a reset.
    let isRepeated = ledger.claims[plan.record.uid] != nil
    for (index, request) in plan.requests.enumerated() {
      var allocation = request.allocation
      if isRepeated { allocation.effects.removeAll { $0.resetDevice != nil } }
      removeResetsInUse(&allocation, on: snapshot)
      try await context.effects.prepare(
        &allocation, nodes: snapshot.nodesNow(Set(HostNodes.Node.allCases)), log: log)
      try context.effects.write(allocation.effects)
      plan.replace(allocation, ofRequest: index)
    }
    try store.write(plan.file(driver: context.driver))
    var next = ledger
    next.add(plan.record)
    try store.save(next)
    ledger = next
  }

  /// Removes the resets of devices that are in use.
  private func removeResetsInUse(_ allocation: inout Allocation, on snapshot: HostSnapshot) {
    allocation.effects.removeAll { effect in
      guard let address = effect.resetDevice, let use = FunctionUse.sign(of: address, on: snapshot.root) else {
        return false
      }
      log.warning("not reset: the device is in use", metadata: ["ids": "\(address)", "reason": "\(use.rawValue)"])
      return true
    }
  }

  /// Removes the files of a claim that could not be prepared, unless it was prepared earlier.
  private func undo(_ record: PreparedClaimRecord) {
    guard ledger.claims[record.uid] == nil else { return }
    do throws(FileError) { try removeFiles(of: record) } catch {
      log.warning("a file of a refused claim stays until the next start", metadata: ["err": "\(error)"])
    }
  }

  private func removeFiles(of record: PreparedClaimRecord) throws(FileError) {
    try store.removeFile(of: record.uid)
    for device in record.devices
    where !device.deviceInfo.isEmpty && !ledger.needs(deviceInfo: device.deviceInfo, but: record.uid) {
      try store.removeDeviceInfo(device.deviceInfo)
    }
  }

  // MARK: Unprepare

  func unprepare(_ list: ClaimList) async -> UnpreparedClaims {
    await turns.begin()
    defer { turns.end() }
    return UnpreparedClaims(
      claims: list.claims.map { claim in
        do throws(FileError) {
          try unprepare(claim)
          return UnpreparedClaim(uid: claim.uid)
        } catch {
          log.error("claim not given back", metadata: ["claim": "\(claim.title)", "err": "\(error)"])
          return UnpreparedClaim(uid: claim.uid, error: "\(error)")
        }
      })
  }

  /// An unknown claim was unprepared before, or never prepared.
  private func unprepare(_ claim: ClaimReference) throws(FileError) {
    guard isOwner else {
      throw FileError("write", context.directory, reason: "the daemon has just started: kubelet asks again")
    }
    unprepared.remove(claim.uid)
    guard let record = ledger.claims[claim.uid] else { return }
    try removeFiles(of: record)
    var next = ledger
    next.remove(claim.uid)
    try store.save(next)
    ledger = next
    log.info("claim given back", metadata: ["claim": "\(claim.title)"])
  }
}

extension ClaimReference {
  fileprivate var title: String { "\(namespace)/\(name)" }
}

extension PreparedClaimRecord {
  fileprivate var answer: PreparedClaim {
    PreparedClaim(
      uid: uid,
      devices: devices.map {
        PreparedDevice(
          requests: [$0.request], pool: $0.pool, device: $0.device, cdiNames: $0.cdiNames, share: $0.share)
      })
  }
}
