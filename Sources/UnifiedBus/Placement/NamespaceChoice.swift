public import KubeletState

/// Which of the places where a pod's network namespace may be found is used: a decision over what was seen there.
public enum NamespaceChoice: Sendable, Equatable {
  /// The index of the sighting to use.
  case use(Int)
  /// The pod has the host's network: nothing to move.
  case hostNetwork
  /// The places contradict each other: asking again may help.
  case inconsistent(String)
  /// No place led to a namespace.
  case none(String)

  /// What opening one place gave.
  public struct Sighting: Sendable, Equatable {
    public var source: NamespaceSource
    public var result: Result<NamespaceIdentity, UnifiedBusError>

    public init(source: NamespaceSource, result: Result<NamespaceIdentity, UnifiedBusError>) {
      self.source = source
      self.result = result
    }
  }

  /// Places in the order of preference: the sandbox's process, then the files that the runtime names.
  ///
  /// A file is kept by the runtime and does not change hands as a process number does, but a file needs the host's
  /// `/var/run/netns` mounted with propagation: without it, only the process leads anywhere.
  public static func sources(of info: SandboxInfo) -> [NamespaceSource] {
    var sources: [NamespaceSource] = []
    if let pid = info.pid { sources.append(.process(pid)) }
    if case .path(let path) = info.network { sources.append(.file(path)) }
    if let path = info.metadataPath, !sources.contains(.file(path)) { sources.append(.file(path)) }
    return sources
  }

  /// Every place that opened has to show the same namespace, and not the host's, unless the pod is said to use that.
  public static func decide(
    _ sightings: [Sighting], status: SandboxStatus, host: NamespaceIdentity?
  ) -> NamespaceChoice {
    if status.usesHostNetwork { return .hostNetwork }
    var first: (index: Int, identity: NamespaceIdentity)?
    var failures: [String] = []
    for (index, sighting) in sightings.enumerated() {
      switch sighting.result {
      case .failure(let error): failures.append(error.description)
      case .success(let identity):
        guard let seen = first else {
          first = (index, identity)
          continue
        }
        guard seen.identity == identity else {
          let other = sightings[seen.index].source
          return .inconsistent("\(other) and \(sighting.source) are different network namespaces")
        }
      }
    }
    guard let first else {
      return .none(
        failures.isEmpty ? "the runtime tells neither a process nor a path" : failures.joined(separator: "; "))
    }
    guard first.identity == host else { return .use(first.index) }
    // A runtime that reports the pod's own network, and a place that shows the host's: a process number of another
    // numbering, or one that has changed hands.
    if status.mode == .untold { return .hostNetwork }
    return .inconsistent("\(sightings[first.index].source) has the host's network, but the pod has its own")
  }
}
