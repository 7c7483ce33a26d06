import EventLoop
import Glibc
import KubeletAPI
import Logging
import ResourcePools

/// Says which pod has what was allocated: Allocate itself is not told, but kubelet's podresources socket is a moment
/// later. Without that socket nothing is said.
actor AllocationTrace {
  private let assignments: PodAssignments
  private let log: Logger
  private var pending: [Allocated] = []
  private var worker: Task<Void, Never>?

  private struct Allocated {
    let resource: String
    let ids: [String]
    var tries = 0
  }

  /// kubelet lists a pod once all of its containers are admitted; several allocations are looked up at once.
  private static let delay = Duration.seconds(1)
  private static let tries = 5
  /// What a node can start in a second is far below; more are not kept when kubelet does not answer.
  private static let limit = 1000

  init(assignments: PodAssignments, log: Logger) {
    self.assignments = assignments
    self.log = log
  }

  func note(_ resource: ResourceName, _ ids: [String]) {
    guard pending.count < Self.limit, access(assignments.kubelet.podResourcesSocket, F_OK) == 0 else { return }
    pending.append(Allocated(resource: "\(resource)", ids: ids))
    guard worker == nil else { return }
    worker = Task { await self.tell() }
  }

  func stop() async {
    worker?.cancel()
    await worker?.value
  }

  private func tell() async {
    while !pending.isEmpty {
      guard (try? await TaskLoop.sleep(for: Self.delay)) != nil, let pods = await assignments.pods() else { break }
      let batch = pending
      pending = []
      for allocated in batch { tell(allocated, pods) }
    }
    pending = []
    worker = nil
  }

  private func tell(_ allocated: Allocated, _ pods: [PodResources]) {
    for pod in pods {
      for container in pod.containers {
        let ids = container.devices.filter { $0.resourceName == allocated.resource }.flatMap(\.ids)
        guard Set(ids).isSuperset(of: allocated.ids) else { continue }
        log.info(
          "in use",
          metadata: [
            "resource": "\(allocated.resource)", "ids": "\(allocated.ids.joined(separator: ","))",
            "namespace": "\(pod.namespace)", "pod": "\(pod.name)", "container": "\(container.name)",
          ])
        return
      }
    }
    guard allocated.tries + 1 < Self.tries else { return }
    pending.append(Allocated(resource: allocated.resource, ids: allocated.ids, tries: allocated.tries + 1))
  }
}
