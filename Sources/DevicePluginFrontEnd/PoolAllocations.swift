import Effects
import EventLoop
import HostInventory
import KubeletAPI
import KubeletState
import Logging
import Observability
import RPC
import ResourcePools
import Synchronization
import UnifiedBus

/// Answers what kubelet asks of a pool's devices, on whatever thread it is asked, from the pool as it is now.
///
/// Not by the pool's actor: each step to another executor and back costs as much as looking at the device. Only what has
/// to wait for others is a task.
final class PoolAllocations: Sendable {
  private struct State {
    var offer: Offer
    /// Units that were handed out, at least once.
    var known: Set<String> = []
  }

  /// A pool and the host that it was made of: one reference, for as long as an answer takes.
  private final class Offer: Sendable {
    let pool: ResourcePool
    let view: HostSnapshot

    init(_ pool: ResourcePool, _ view: HostSnapshot) {
      self.pool = pool
      self.view = view
    }

    func devicesNow(_ ids: [String]) -> [Device] { view.now(pool.devices(of: ids)) }
  }

  private let context: PoolContext
  private let log: Logger
  private let name: ResourceName
  private let state: Mutex<State>

  init(_ pool: ResourcePool, view: HostSnapshot, context: PoolContext, log: Logger) {
    self.context = context
    self.log = log
    name = pool.name
    state = Mutex(State(offer: Offer(pool, view)))
  }

  /// From now on.
  func follow(_ pool: ResourcePool, view: HostSnapshot) {
    let offer = Offer(pool, view)
    state.withLock { $0.offer = offer }
  }

  func allocate(_ request: AllocateRequest) throws(RPCStatus) -> RPCAnswer {
    let began = ContinuousClock.now
    let offer = state.withLock { $0.offer }
    if offer.pool.allocationTakesTime {
      return .later { () throws(RPCStatus) in
        do throws(RPCStatus) {
          var answers: [ContainerAllocateResponse] = []
          for ids in request.containers { answers.append(try await self.allocateWaiting(ids, of: offer)) }
          return self.answer(answers, began)
        } catch {
          throw self.refusal(of: request, error, began)
        }
      }
    }
    do throws(RPCStatus) {
      var answers: [ContainerAllocateResponse] = []
      for ids in request.containers { answers.append(try allocate(ids, of: offer)) }
      return .now(answer(answers, began))
    } catch {
      throw refusal(of: request, error, began)
    }
  }

  private func answer(_ containers: [ContainerAllocateResponse], _ began: ContinuousClock.Instant) -> ByteBuffer {
    context.counters.allocated(name, failed: false, took: ContinuousClock.now - began)
    return ByteBuffer(AllocateResponse(containers: containers).encoded())
  }

  private func refusal(
    of request: AllocateRequest, _ status: RPCStatus, _ began: ContinuousClock.Instant
  ) -> RPCStatus {
    context.counters.allocated(name, failed: true, took: ContinuousClock.now - began)
    log.error(
      "allocation refused",
      metadata: ["ids": "\(request.containers.joined().joined(separator: ","))", "err": "\(status.message)"])
    return status
  }

  private func allocate(_ ids: [String], of offer: Offer) throws(RPCStatus) -> ContainerAllocateResponse {
    let (allocation, _) = try draft(ids, seeing: offer.devicesNow(ids), of: offer)
    return try finish(allocation, for: ids)
  }

  /// As `allocate`, with what others have to do for it: the UBS engine, a reset, a tool.
  private func allocateWaiting(
    _ ids: [String], of offer: Offer
  ) async throws(RPCStatus) -> ContainerAllocateResponse {
    var devices = offer.devicesNow(ids)
    if let node = context.unifiedBus, devices.contains(where: { $0.unifiedBus != nil }) {
      try await node.prepare(&devices, log: log)
    }
    var (allocation, nodes) = try draft(ids, seeing: devices, of: offer)
    await keepFromReset(&allocation, on: offer.view.root)
    do {
      try await context.effects.prepare(&allocation, nodes: nodes, log: log)
    } catch {
      throw RPCStatus(code: .internal, message: "\(error)")
    }
    return try finish(allocation, for: ids)
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

  private func finish(_ allocation: Allocation, for ids: [String]) throws(RPCStatus) -> ContainerAllocateResponse {
    do throws(FileError) {
      try context.effects.write(allocation.effects) { unit in state.withLock { $0.known.contains(unit) } }
    } catch {
      throw RPCStatus(code: .internal, message: "\(error)")
    }
    state.withLock { state in for id in ids { state.known.insert(id) } }
    log.info("allocated", metadata: ["ids": "\(ids.joined(separator: ","))"])
    context.trace.note(name, ids)
    return ContainerAllocateResponse(allocation)
  }

  /// kubelet gives a container what an init container of its pod has had, and may be wrong after it lost its checkpoint:
  /// a device that a pod has, or that anybody is seen to use, is never reset.
  private func keepFromReset(_ allocation: inout Allocation, on root: HostRoot) async {
    guard allocation.effects.contains(where: { if case .reset = $0 { true } else { false } }) else { return }
    let inUse = await context.assignments.inUse()
    allocation.effects.removeAll { effect in
      guard case .reset(let address) = effect else { return false }
      let use = inUse.contains(address) ? "a pod has it" : FunctionUse.sign(of: address, on: root)?.rawValue
      guard let use else { return false }
      log.warning("not reset: the device is in use", metadata: ["ids": "\(address)", "reason": "\(use)"])
      return true
    }
  }

  func preferred(_ request: PreferredAllocationRequest) -> PreferredAllocationResponse {
    let pool = state.withLock { $0.offer }.pool
    // An error would fail the pod: no preference is an empty answer.
    return PreferredAllocationResponse(
      containers: request.containers.map { container in
        pool.preferred(from: container.available, including: container.mustInclude, count: container.size)
      })
  }
}
