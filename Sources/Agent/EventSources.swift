import Linux

/// Everything that can wake the daemon, led into one inbox.
struct EventSources: Sendable {
  private let directories: DirectoryWatcher
  private let watcher: DescriptorWatcher
  private let changes: [DescriptorWatcher.Token]
  private let signals: Task<Void, Never>

  /// Throws when kubelet's directory can't be watched; without the kernel's events the safety scan has to do.
  init(
    kubelet: Set<String>, configuration: Set<String>, signals: AsyncStream<Signals.Event>, changes: NodeChanges?,
    watcher: DescriptorWatcher, inbox: AsyncStream<Agent.Event>.Continuation
  ) throws(NodeFault) {
    do {
      // One for both: the kernel takes milliseconds to end one, which a stop has to wait for.
      directories = try DirectoryWatcher(
        directories: kubelet.union(configuration).sorted(), watcher: watcher
      ) { event in
        // A name with a dot is nobody's socket yet: ours are made so.
        if event.concerns(kubelet), !event.isHidden { inbox.yield(.kubelet(event)) }
        if event.concerns(configuration) { inbox.yield(.configuration(event)) }
      }
    } catch {
      throw NodeFault("cannot watch directories: \(error)")
    }
    self.watcher = watcher
    self.changes = changes?.follow(by: watcher) { inbox.yield(.changed) } ?? []
    self.signals = Task {
      for await event in signals {
        switch event {
        case .stop(let name): inbox.yield(.stop(signal: name))
        case .reload: inbox.yield(.reload)
        }
      }
    }
  }

  func stop() {
    directories.stop()
    for change in changes { watcher.forget(change) }
    signals.cancel()
  }
}
