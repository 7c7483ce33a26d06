import KubeletState

/// Finds the network namespace of a sandbox, and verifies that it belongs to the sandbox.
struct PodNamespace<Namespace: Sendable>: Sendable {
  /// Where the devices of a sandbox belong.
  enum Target: Sendable {
    case namespace(Namespace)
    /// On the host, whose network the pod uses.
    case hostNetwork
  }

  let status: @Sendable (_ sandbox: String, _ timeout: Duration) async throws(KubeletStateError) -> SandboxStatus
  let access: NamespaceAccess<Namespace>
  let pause: @Sendable (Duration) async -> Void

  init(
    status:
      @escaping @Sendable (_ sandbox: String, _ timeout: Duration) async throws(KubeletStateError) -> SandboxStatus,
    access: NamespaceAccess<Namespace>, pause: @escaping @Sendable (Duration) async -> Void
  ) {
    self.status = status
    self.access = access
    self.pause = pause
  }

  /// How often a sandbox is examined when its facts contradict each other.
  private static var attempts: Int { 3 }

  /// The time limit of one call of the runtime.
  private static var callLimit: Duration { .seconds(5) }

  /// Finds the namespace. `ids` are for the error.
  ///
  /// - Throws: Always `placement`, at the namespace step.
  func find(
    sandbox: String, for ids: [String], before deadline: Deadline
  ) async throws(UnifiedBusError) -> Target {
    var reason = ""
    for attempt in 1...Self.attempts {
      if attempt > 1 { await pause(.milliseconds(200)) }
      do throws(KubeletStateError) {
        let seen = try await status(sandbox, deadline.bounding(Self.callLimit))
        guard seen.isReady else {
          reason = "sandbox \(sandbox) is no longer ready"
          continue
        }
        let sources = sources(of: seen)
        let (choice, opened) = look(sources, seen)
        switch choice {
        case .hostNetwork: return .hostNetwork
        case .inconsistent(let text), .none(let text): reason = "sandbox \(sandbox): \(text)"
        case .use(let index):
          // A process may have ended, and its number gone to another, between the answer and the opening.
          let again = try await status(sandbox, deadline.bounding(Self.callLimit))
          if again == seen, self.sources(of: again) == sources, let namespace = opened[index] {
            return .namespace(namespace)
          }
          reason = "sandbox \(sandbox) changed while it was looked at"
        }
      } catch {
        reason = error.description
      }
      if deadline.hasPassed {
        reason = "the time was over: \(reason)"
        break
      }
    }
    throw .placement(
      PlacementFailure(
        step: .namespace, ids: ids, reason: reason,
        advice: "the plugin's pod needs hostPID, or the host's /var/run/netns mounted with HostToContainer"))
  }

  private func sources(of seen: SandboxStatus) -> [NamespaceSource] {
    if seen.usesHostNetwork { return [] }
    let told = NamespaceChoice.sources(of: seen.info)
    return told.isEmpty ? access.processes(seen.id).prefix(1).map(NamespaceSource.process) : told
  }

  private func look(_ sources: [NamespaceSource], _ seen: SandboxStatus) -> (NamespaceChoice, [Namespace?]) {
    var opened: [Namespace?] = []
    var sightings: [NamespaceChoice.Sighting] = []
    for source in sources {
      do throws(UnifiedBusError) {
        let namespace = try access.open(source)
        opened.append(namespace)
        sightings.append(.init(source: source, result: .success(access.identity(namespace))))
      } catch {
        opened.append(nil)
        sightings.append(.init(source: source, result: .failure(error)))
      }
    }
    return (NamespaceChoice.decide(sightings, status: seen, host: access.host()), opened)
  }
}
