import KubeletState

/// Decides which of the possible sources of a pod's network namespace is used, from what each source showed.
enum NamespaceChoice: Sendable, Equatable {
  /// Use the sighting with this index.
  case use(Int)
  /// The pod uses the host's network: nothing is moved.
  case hostNetwork
  /// The sources contradict each other; a second look may help.
  case inconsistent(String)
  /// No source led to a namespace.
  case none(String)

  /// The result of opening one source.
  struct Sighting: Sendable, Equatable {
    var source: NamespaceSource
    var result: Result<NamespaceIdentity, UnifiedBusError>

    init(source: NamespaceSource, result: Result<NamespaceIdentity, UnifiedBusError>) {
      self.source = source
      self.result = result
    }
  }

  /// Lists the sources in the order of preference: the sandbox's process, then the files that the runtime reports.
  ///
  /// A file belongs to the runtime and is not reused as a process number is. But it is visible only if the host's
  /// `/var/run/netns` is mounted with propagation; without that, only the process helps.
  static func sources(of info: SandboxInfo) -> [NamespaceSource] {
    var sources: [NamespaceSource] = []
    if let pid = info.pid { sources.append(.process(pid)) }
    if case .path(let path) = info.network { sources.append(.file(path)) }
    if let path = info.metadataPath, !sources.contains(.file(path)) { sources.append(.file(path)) }
    return sources
  }

  /// Chooses the namespace that all opened sources show. It must not be the host's, unless the pod uses that.
  static func decide(
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
        failures.isEmpty ? "the runtime reports neither a process nor a path" : failures.joined(separator: "; "))
    }
    guard first.identity == host else { return .use(first.index) }
    // The runtime reports a network of the pod's own, but the source shows the host's. The process number may be of
    // another process namespace, or reused.
    if status.mode == .untold { return .hostNetwork }
    return .inconsistent("\(sightings[first.index].source) has the host's network, but the pod has its own")
  }
}
