import EventLoop
import Logging

/// Everything that can wake the daemon, led into one inbox.
struct EventSources: Sendable {
  private let directories: DirectoryWatcher
  private let changes: NodeChanges?
  private let tasks: [Task<Void, Never>]

  /// Throws when kubelet's directory can't be watched; without the kernel's events the safety scan has to do.
  init(
    kubelet: Set<String>, configuration: Set<String>, signals: AsyncStream<Signals.Event>, changes: NodeChanges?,
    watcher: DescriptorWatcher, inbox: AsyncStream<Plugin.Event>.Continuation, log: Logger
  ) throws(NodeFault) {
    let directories: DirectoryWatcher
    do {
      // One for both: the kernel takes milliseconds to end one, which a stop has to wait for.
      directories = try DirectoryWatcher(directories: kubelet.union(configuration).sorted(), watcher: watcher)
    } catch {
      throw NodeFault("cannot watch directories: \(error)")
    }
    self.directories = directories
    self.changes = changes
    tasks = [
      Task {
        for await event in directories.events {
          if event.concerns(kubelet) { inbox.yield(.kubelet(event)) }
          if event.concerns(configuration) { inbox.yield(.configuration(event)) }
        }
      },
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
    directories.stop()
    changes?.stop()
    for task in tasks { task.cancel() }
  }
}
