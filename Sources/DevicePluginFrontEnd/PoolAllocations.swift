import Effects
import GRPC
import HostInventory
import KubeletAPI
import KubeletState
import Linux
import Logging
import Observability
import ResourcePools
import Synchronization
import UnifiedBus

/// Answers kubelet's calls about a pool's devices.
///
/// It does not use the endpoint's actor, so that an allocation that waits for a reset or a tool does not delay other
/// calls.
final class PoolAllocations: Sendable {
  /// A pool, and the snapshot of the host from which it was made.
  struct Offer {
    let pool: ResourcePool
    let view: HostSnapshot
  }

  let context: PoolContext
  let log: Logger
  let name: ResourceName
  private let state: Mutex<Offer>

  init(_ pool: ResourcePool, view: HostSnapshot, context: PoolContext, log: Logger) {
    self.context = context
    self.log = log
    name = pool.name
    state = Mutex(Offer(pool: pool, view: view))
  }

  var current: Offer { state.withLock { $0 } }

  var hasPreference: Bool { current.pool.hasPreference }

  /// From now on.
  func follow(_ pool: ResourcePool, view: HostSnapshot) {
    state.withLock { $0 = Offer(pool: pool, view: view) }
  }

  func allocate(_ request: AllocateRequest) async throws(RPCStatus) -> AllocateResponse {
    let began = ContinuousClock.now
    let offer = current
    do throws(RPCStatus) {
      var containers: [ContainerAllocateResponse] = []
      for ids in request.containers { containers.append(try await allocate(ids, of: offer)) }
      context.counters.allocated(name, failed: false, took: ContinuousClock.now - began)
      return AllocateResponse(containers: containers)
    } catch {
      context.counters.allocated(name, failed: true, took: ContinuousClock.now - began)
      log.error(
        "allocation refused",
        metadata: ["ids": "\(request.containers.joined().joined(separator: ","))", "err": "\(error.message)"])
      throw error
    }
  }

  private func allocate(_ ids: [String], of offer: Offer) async throws(RPCStatus) -> ContainerAllocateResponse {
    var devices = try await look(at: ids, of: offer)
    if let node = context.unifiedBus, devices.contains(where: { $0.unifiedBus != nil }) {
      try await node.prepare(&devices, silence: .isRefusal, log: log)
    }
    try await checkGroups(of: ids, in: offer.pool)
    var (allocation, nodes) = try draft(ids, seeing: devices, of: offer)
    await keepFromReset(&allocation, on: offer.view.root)
    do {
      try await context.effects.prepare(&allocation, nodes: nodes, log: log)
      let isRenewed = allocation.effects.contains { if case .cdiSpec = $0 { true } else { false } }
      try context.effects.publish(offer.pool, nodes: nodes, isRenewed ? .seeing(devices) : .ifGone)
      try context.effects.write(allocation.effects)
    } catch {
      throw RPCStatus(code: .internal, message: "\(error)")
    }
    log.info("allocated", metadata: ["ids": "\(ids.joined(separator: ","))"])
    context.trace.note(name, ids)
    return ContainerAllocateResponse(allocation)
  }

  /// Writes the CDI spec of these UB devices again, because a container gets what the file says when it starts. After a
  /// reboot the file is missing, and the engine may have other names for the kernel devices than at Allocate.
  func describeAgain(_ ids: [String]) async throws(RPCStatus) {
    guard context.cdi != .off, let node = context.unifiedBus else { return }
    let offer = current
    var devices = try await look(at: ids, of: offer)
    try await node.prepare(&devices, silence: .keepsLastAnswer, log: log)
    do throws(FileError) {
      try context.effects.publish(offer.pool, nodes: offer.view.inventory.nodes, .seeing(devices))
    } catch {
      throw RPCStatus(code: .internal, message: "\(error)")
    }
  }

  /// Reads the devices of the units again.
  func look(at ids: [String], of offer: Offer) async throws(RPCStatus) -> [Device] {
    let (devices, silence) = await offer.view.now(offer.pool.devices(of: ids), depth: offer.pool.recheck)
    if let silence {
      throw RPCStatus(code: .unavailable, message: "\(silence); the device can't be handed out until it answers")
    }
    return devices
  }

  /// Refuses units whose IOMMU group another container has. Two pods may have been offered devices of one group when
  /// both were free.
  private func checkGroups(of ids: [String], in pool: ResourcePool) async throws(RPCStatus) {
    guard pool.sharesGroups(ids) else { return }
    let inUse = await context.assignments.inUse()
    do throws(AllocationError) {
      try context.groups.take(ids, of: pool, inUse: inUse, at: .now)
    } catch {
      throw RPCStatus(error)
    }
  }

  private func draft(
    _ ids: [String], seeing devices: [Device], of offer: Offer
  ) throws(RPCStatus) -> (Allocation, HostNodes) {
    let cdi = context.cdi
    let nodes = offer.view.nodesNow(offer.pool.nodes(for: ids, seeing: devices, cdi: cdi))
    do throws(AllocationError) {
      return (try offer.pool.allocate(ids, seeing: devices, nodes: nodes, cdi: cdi), nodes)
    } catch {
      throw RPCStatus(error)
    }
  }

  /// Removes resets of devices that are in use.
  ///
  /// kubelet gives a container the devices of an init container of its pod, and may be wrong about free devices after
  /// it lost its checkpoint.
  private func keepFromReset(_ allocation: inout Allocation, on root: HostRoot) async {
    guard allocation.effects.contains(where: { $0.resetDevice != nil }) else { return }
    let inUse = await context.assignments.inUse()
    var kept: [Allocation.Effect] = []
    for effect in allocation.effects {
      if let address = effect.resetDevice, let use = await use(of: address, inUse, on: root) {
        log.warning("not reset: the device is in use", metadata: ["ids": "\(address)", "reason": "\(use)"])
      } else {
        kept.append(effect)
      }
    }
    allocation.effects = kept
  }

  /// What uses the function; nil when nothing shows a use.
  private func use(of address: String, _ inUse: Set<String>, on root: HostRoot) async -> String? {
    if inUse.contains(address) { return "a pod has it" }
    return await root.reading { FunctionUse.sign(of: address, on: $0)?.rawValue }
  }

  func preferred(_ request: PreferredAllocationRequest) throws(RPCStatus) -> PreferredAllocationResponse {
    let pool = state.withLock { $0.pool }
    for container in request.containers {
      let objection = pool.objection(
        to: container.size, from: container.available, including: container.mustInclude)
      guard let objection else { continue }
      log.error(
        "preferred allocation refused",
        metadata: ["available": "\(IDList.some(of: container.available))", "err": "\(objection)"])
      throw RPCStatus(objection)
    }
    // An error would fail the pod, so no preference is an empty answer.
    return PreferredAllocationResponse(
      containers: request.containers.map { container in
        pool.preferred(from: container.available, including: container.mustInclude, count: container.size)
      })
  }
}
