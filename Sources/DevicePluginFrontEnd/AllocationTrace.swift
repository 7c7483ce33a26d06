import KubeletAPI
public import KubeletState
public import Logging
import ResourcePools
import Synchronization

/// Logs which pod got an allocation. Allocate does not name the pod; the pod resources API lists it a moment later.
/// Without that API nothing is logged.
public final class AllocationTrace: Sendable {
  private let assignments: PodAssignments
  private let log: Logger
  private let state = Mutex(State())

  private struct State {
    var pending: [Allocated] = []
    var worker: Task<Void, Never>?
  }

  private struct Allocated {
    let resource: ResourceName
    let ids: [String]
    var tries = 0
  }

  /// kubelet lists a pod once all of its containers are admitted; several allocations are looked up at once.
  private static let delay = Duration.seconds(1)
  private static let tries = 5
  /// A limit for a kubelet that does not answer; a node starts far fewer containers in a second.
  private static let limit = 1000

  /// `assignments` asks kubelet which pod has which devices.
  public init(assignments: PodAssignments, log: Logger) {
    self.assignments = assignments
    self.log = log
  }

  func note(_ resource: ResourceName, _ ids: [String]) {
    state.withLock { state in
      guard state.pending.count < Self.limit else { return }
      state.pending.append(Allocated(resource: resource, ids: ids))
      if state.worker == nil { state.worker = Task { await tell() } }
    }
  }

  /// Ends the lookups; allocations that wait are not logged.
  public func stop() async {
    let worker = state.withLock { $0.worker }
    worker?.cancel()
    await worker?.value
  }

  private func tell() async {
    repeat {
      let pods = (try? await Task.sleep(for: Self.delay)) == nil ? nil : await assignments.pods()
      let batch = state.withLock { state in
        defer { state.pending = [] }
        return state.pending
      }
      guard let pods else { continue }
      let again = batch.filter { !tell($0, pods) && $0.tries + 1 < Self.tries }
      state.withLock { state in
        state.pending += again.map { Allocated(resource: $0.resource, ids: $0.ids, tries: $0.tries + 1) }
      }
    } while hasMore()
  }

  /// Whether allocations wait to be logged; the worker ends when there are none.
  private func hasMore() -> Bool {
    state.withLock { state in
      if state.pending.isEmpty { state.worker = nil }
      return !state.pending.isEmpty
    }
  }

  /// False when no pod has it yet.
  private func tell(_ allocated: Allocated, _ pods: [PodResources]) -> Bool {
    let resource = "\(allocated.resource)"
    for pod in pods {
      for container in pod.containers {
        let ids = container.devices.filter { $0.resourceName == resource }.flatMap(\.ids)
        guard Set(ids).isSuperset(of: allocated.ids) else { continue }
        log.info(
          "in use",
          metadata: [
            "resource": "\(resource)", "ids": "\(allocated.ids.joined(separator: ","))",
            "namespace": "\(pod.namespace)", "pod": "\(pod.name)", "container": "\(container.name)",
          ])
        return true
      }
    }
    return false
  }
}
