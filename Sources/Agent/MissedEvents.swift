import Glibc

/// Finds changes that inotify should have reported and did not: a directory that was mounted over or replaced, or a
/// kubelet that made its socket without an event.
struct MissedEvents {
  struct Finding: Equatable {
    /// One of the directories was replaced since the last check.
    var directoryWasReplaced = false
    /// kubelet's socket was replaced, so kubelet has restarted.
    var kubeletHasStarted = false
  }

  private let directories: [String]
  private let kubeletSocket: String
  private var seenDirectories: [Stamp?]
  private var seenKubelet: Stamp?

  init(directories: [String], kubeletSocket: String) {
    self.directories = directories
    self.kubeletSocket = kubeletSocket
    seenDirectories = directories.map { Stamp(directory: $0) }
    seenKubelet = Stamp(socket: kubeletSocket)
  }

  mutating func look() -> Finding {
    var finding = Finding()
    let next = directories.map { Stamp(directory: $0) }
    finding.directoryWasReplaced = next != seenDirectories
    seenDirectories = next
    finding.kubeletHasStarted = noteKubelet()
    return finding
  }

  /// Whether kubelet's socket is there and not the one that was seen last.
  mutating func noteKubelet() -> Bool {
    let next = Stamp(socket: kubeletSocket)
    defer { seenKubelet = next }
    return next != nil && next != seenKubelet
  }

  /// Distinguishes a file from another at the same path.
  private struct Stamp: Equatable {
    private let device: dev_t
    private let inode: ino_t
    /// File systems give an inode's number to the next file at once; a socket's time of change is another then.
    private let changed: Int

    /// Through links: where a path leads is what counts. Nil when there is none.
    init?(directory: String) {
      var facts = stat()
      guard stat(directory, &facts) == 0 else { return nil }
      device = facts.st_dev
      inode = facts.st_ino
      changed = 0
    }

    init?(socket: String) {
      var facts = stat()
      guard lstat(socket, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return nil }
      device = facts.st_dev
      inode = facts.st_ino
      changed = facts.st_ctim.tv_sec &* 1_000_000_000 &+ facts.st_ctim.tv_nsec
    }
  }
}
