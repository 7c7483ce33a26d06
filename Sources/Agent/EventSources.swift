import Linux
import Logging
import Synchronization

/// Connects all sources of events to one inbox.
final class EventSources: Sendable {
  private let paths: [String]
  private let tell: @Sendable (DirectoryWatcher.Event) -> Void
  private let directories = Mutex(Directories())

  private struct Directories {
    /// Nil when the user has no inotify instance or watch left; the directories are then checked at intervals.
    var watcher: DirectoryWatcher?
    var isToldBlind = false
  }

  private let watcher: DescriptorWatcher
  private let changes: [DescriptorWatcher.Token]
  private let signals: Task<Void, Never>

  /// Without the kernel's events the safety scan finds changes.
  init(
    kubelet: Set<String>, configuration: Set<String>, signals: AsyncStream<Signals.Event>, changes: NodeChanges?,
    watcher: DescriptorWatcher, inbox: AsyncStream<Agent.Event>.Continuation
  ) {
    paths = kubelet.union(configuration).sorted()
    tell = { event in
      // A name that begins with a dot is a socket that is not finished: ours are made so.
      if event.concerns(kubelet), !event.isHidden { inbox.yield(.kubelet(event)) }
      if event.concerns(configuration) { inbox.yield(.configuration(event)) }
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

  var watchesDirectories: Bool { directories.withLock { $0.watcher != nil } }

  /// Watches the directories that the paths lead to now, instead of the earlier ones. False when no watch is left,
  /// which is logged once.
  func watchDirectories(_ log: Logger) -> Bool {
    do throws(DirectoryWatchError) {
      // One inotify instance for all, because the kernel takes milliseconds to close one, and a stop waits for it.
      let next = try DirectoryWatcher(directories: paths, watcher: watcher, told: tell)
      let last = directories.withLock { directories in
        defer { directories = Directories(watcher: next, isToldBlind: false) }
        return directories
      }
      last.watcher?.stop()
      if last.isToldBlind { log.info("directories are watched again") }
      return true
    } catch {
      let isTold = directories.withLock { directories in
        defer { directories.isToldBlind = true }
        return directories.isToldBlind
      }
      if !isTold {
        log.warning(
          "directories can't be watched and are looked at every 5 s: raise the sysctls",
          metadata: ["sysctls": "fs.inotify.max_user_instances,fs.inotify.max_user_watches", "err": "\(error)"])
      }
      return false
    }
  }

  func stop() {
    directories.withLock { $0.watcher.take() }?.stop()
    for change in changes { watcher.forget(change) }
    signals.cancel()
  }
}
