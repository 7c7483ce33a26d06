import EventLoop
import Logging

/// Everything that can wake the daemon, led into one inbox.
struct EventSources: Sendable {
  private let watchers: [DirectoryWatcher]
  private let changes: NodeChanges?
  private let tasks: [Task<Void, Never>]

  /// Throws when kubelet's directory can't be watched; without the kernel's events the safety scan has to do.
  init(
    kubelet: Set<String>, configuration: Set<String>, signals: AsyncStream<Signals.Event>, changes: NodeChanges?,
    watcher: DescriptorWatcher, inbox: AsyncStream<Plugin.Event>.Continuation, log: Logger
  ) throws(NodeFault) {
    let sockets: DirectoryWatcher
    let files: DirectoryWatcher
    do {
      sockets = try DirectoryWatcher(directories: kubelet.sorted(), watcher: watcher)
      files = try DirectoryWatcher(directories: configuration.sorted(), watcher: watcher)
    } catch {
      throw NodeFault("cannot watch directories: \(error)")
    }
    watchers = [sockets, files]
    self.changes = changes
    tasks = [
      Task { for await event in sockets.events { inbox.yield(.kubelet(event)) } },
      Task { for await event in files.events { inbox.yield(.configuration(event)) } },
      Task { if let changes { for await change in changes.stream { inbox.yield(.changed(change)) } } },
      Task {
        for await event in signals {
          switch event {
          case .stop(let name): inbox.yield(.stop(signal: name))
          case .reload: inbox.yield(.reload)
          }
        }
      },
    ]
  }

  func stop() {
    for watcher in watchers { watcher.stop() }
    changes?.stop()
    for task in tasks { task.cancel() }
  }
}
