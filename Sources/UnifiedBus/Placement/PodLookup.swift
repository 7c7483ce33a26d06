import KubeletState

/// Finds the pod's network namespace for the device ids of a PreStartContainer call.
///
/// The call names neither pod nor container. By then kubelet has written both into its checkpoint, and the pod's
/// sandbox runs.
struct PodLookup<Namespace: Sendable>: Sendable {
  /// The sources of the lookup; the last argument of each call is its time limit.
  struct Sources: Sendable {
    var checkpoint: @Sendable () throws(KubeletStateError) -> KubeletCheckpoint
    /// Asked when the checkpoint knows no holder; nil when kubelet's pod resources are not available.
    var podResources:
      (@Sendable (_ ids: Set<String>, _ resource: String, Duration) async throws(KubeletStateError) -> [PodReference])?
    var sandboxes: @Sendable (PodReference, Duration) async throws(KubeletStateError) -> [Sandbox]
    /// The kernel devices that a container was given with an id, for when the checkpoint does not tell them, as with
    /// CDI.
    var devices: @Sendable (_ id: String) async throws(UnifiedBusError) -> [DevicePath]
    var pause: @Sendable (Duration) async -> Void

    init(
      checkpoint: @escaping @Sendable () throws(KubeletStateError) -> KubeletCheckpoint,
      podResources: (
        @Sendable (_ ids: Set<String>, _ resource: String, Duration) async throws(KubeletStateError) -> [PodReference]
      )?,
      sandboxes: @escaping @Sendable (PodReference, Duration) async throws(KubeletStateError) -> [Sandbox],
      devices: @escaping @Sendable (_ id: String) async throws(UnifiedBusError) -> [DevicePath],
      pause: @escaping @Sendable (Duration) async -> Void
    ) {
      self.checkpoint = checkpoint
      self.podResources = podResources
      self.sandboxes = sandboxes
      self.devices = devices
      self.pause = pause
    }
  }

  private struct Candidate {
    var pod: PodReference
    /// Nil when kubelet's checkpoint does not name one.
    var holder: DeviceHolder?
  }

  private let sources: Sources
  private let namespaces: PodNamespace<Namespace>

  init(sources: Sources, namespaces: PodNamespace<Namespace>) {
    self.sources = sources
    self.namespaces = namespaces
  }

  /// The time limit of one lookup. kubelet gives up after 30 seconds, and the moves need some of them.
  static var budget: Duration { .seconds(25) }

  /// Finds the pod that has exactly `ids` of `resource`, its running sandbox, the sandbox's namespace, and the kernel
  /// devices of the ids.
  ///
  /// - Throws: Always `placement`, with the step that failed.
  func locate(
    _ ids: [String], of resource: String, before deadline: Deadline
  ) async throws(UnifiedBusError) -> DevicePlacement<Namespace> {
    let candidates = try await candidates(ids, resource, deadline)
    let (candidate, sandbox) = try await running(candidates, ids, deadline)
    let target = try await namespaces.find(sandbox: sandbox.id, for: ids, before: deadline)
    let devices = try await devices(of: candidate, ids)
    try await refuseContested(devices, of: sandbox.podUID, ids, deadline)
    return DevicePlacement(pod: candidate.pod, sandbox: sandbox.id, target: target, devices: devices)
  }

  // Step 1.

  private func candidates(
    _ ids: [String], _ resource: String, _ deadline: Deadline
  ) async throws(UnifiedBusError) -> [Candidate] {
    var reason = ""
    for attempt in 1...3 {
      if attempt > 1 { await sources.pause(.milliseconds(200)) }
      do throws(KubeletStateError) {
        let checkpoint = try sources.checkpoint()
        let holders = checkpoint.holders(of: Set(ids), resource: resource)
        if !holders.isEmpty { return holders.map { Candidate(pod: .uid($0.podUID), holder: $0) } }
        reason = (["kubelet's checkpoint names no container that holds them"] + checkpoint.problems)
          .joined(separator: "; ")
      } catch {
        reason = error.description
      }
      if deadline.hasPassed { break }
    }
    if let podResources = sources.podResources {
      do throws(KubeletStateError) {
        let pods = try await podResources(Set(ids), resource, deadline.bounding(.seconds(5)))
        if !pods.isEmpty { return pods.map { Candidate(pod: $0, holder: nil) } }
        reason += "; nor by its pod resources"
      } catch {
        reason += "; \(error)"
      }
    }
    throw failure(
      .pod, ids, reason, "mount kubelet's device-plugins directory, as a directory, where the plugin looks for it")
  }

  // Step 2.

  /// Finds the one candidate with a ready sandbox. Pods that have ended stay in the checkpoint for a while.
  private func running(
    _ candidates: [Candidate], _ ids: [String], _ deadline: Deadline
  ) async throws(UnifiedBusError) -> (Candidate, Sandbox) {
    var found: [(Candidate, Sandbox)] = []
    var seen: [String] = []
    for candidate in candidates {
      let sandboxes: [Sandbox]
      do throws(KubeletStateError) {
        sandboxes = try await sources.sandboxes(candidate.pod, deadline.bounding(.seconds(5)))
      } catch {
        throw failure(.sandbox, ids, "\(candidate.pod): \(error)", "check netns.containerRuntimeEndpoint and its mount")
      }
      if let current = Sandbox.current(of: sandboxes) {
        found.append((candidate, current))
      } else {
        seen.append("\(candidate.pod) has \(sandboxes.count) sandboxes, none of them ready")
      }
    }
    guard let first = found.first else {
      throw failure(
        .sandbox, ids, seen.joined(separator: "; "), "check that the runtime asked is the one that kubelet uses")
    }
    guard found.count == 1 else {
      let pods = found.map(\.0.pod.description).joined(separator: " and ")
      throw failure(.sandbox, ids, "\(pods) both run and hold them", "kubelet tries again when one of them has ended")
    }
    return first
  }

  // What step 4 moves.

  /// The devices by kubelet's record of the Allocate answer; by `Sources.devices` only when kubelet has none.
  private func devices(of candidate: Candidate, _ ids: [String]) async throws(UnifiedBusError) -> [DevicePath] {
    do throws(UnifiedBusError) {
      var devices = try candidate.holder?.devices(of: Set(ids)) ?? []
      if devices.isEmpty {
        for id in ids {
          for device in try await sources.devices(id) where !devices.contains(device) { devices.append(device) }
        }
      }
      guard devices.isEmpty else { return devices }
    } catch {
      throw failure(.pod, ids, error.description, "delete the pod, so that kubelet asks for its devices anew")
    }
    throw failure(.pod, ids, "no kernel device is known for them", "check that the UBS engine runs")
  }

  /// Refuses a device that another running pod has too, as after a renumbering: the running pod keeps it.
  private func refuseContested(
    _ devices: [DevicePath], of pod: String, _ ids: [String], _ deadline: Deadline
  ) async throws(UnifiedBusError) {
    guard let entries = try? sources.checkpoint().entries else { return }
    for entry in entries where entry.podUID != pod {
      guard let theirs = try? entry.devices(), let device = devices.first(where: theirs.contains) else { continue }
      let sandboxes: [Sandbox]
      do throws(KubeletStateError) {
        sandboxes = try await sources.sandboxes(.uid(entry.podUID), deadline.bounding(.seconds(5)))
      } catch {
        throw failure(.sandbox, ids, "pod \(entry.podUID): \(error)", nil)
      }
      guard Sandbox.current(of: sandboxes) != nil else { continue }
      throw failure(
        .pod, ids, "\(device) was also given to pod \(entry.podUID), which runs",
        "delete this pod, so that kubelet asks for its devices anew")
    }
  }

  private func failure(
    _ step: PlacementFailure.Step, _ ids: [String], _ reason: String, _ advice: String?
  ) -> UnifiedBusError {
    .placement(PlacementFailure(step: step, ids: ids, reason: reason, advice: advice))
  }
}
