import Linux

/// Finds changes that inotify did not report: a directory that was mounted over or replaced, or a kubelet that created
/// its socket without an event.
struct MissedEvents {
  struct Finding: Equatable {
    /// One of the directories was replaced since the last check.
    var directoryWasReplaced = false
    /// kubelet's socket was replaced, so kubelet has restarted.
    var kubeletHasStarted = false
  }

  private let directories: [String]
  private let kubeletSocket: String
  private var seenDirectories: [FileIdentity?]
  private var seenKubelet: FileStamp?

  init(directories: [String], kubeletSocket: String) {
    self.directories = directories
    self.kubeletSocket = kubeletSocket
    seenDirectories = directories.map { try? FileIdentity(following: $0) }
    seenKubelet = Self.stamp(ofSocket: kubeletSocket)
  }

  mutating func look() -> Finding {
    var finding = Finding()
    let next = directories.map { try? FileIdentity(following: $0) }
    finding.directoryWasReplaced = next != seenDirectories
    seenDirectories = next
    finding.kubeletHasStarted = noteKubelet()
    return finding
  }

  /// Whether kubelet's socket is there and not the one that was seen last.
  mutating func noteKubelet() -> Bool {
    let next = Self.stamp(ofSocket: kubeletSocket)
    defer { seenKubelet = next }
    return next != nil && next != seenKubelet
  }

  /// The socket's inode and time, because file systems use a removed file's inode again; nil when it is not a socket.
  private static func stamp(ofSocket path: String) -> FileStamp? {
    FileKind(path: path) == .socket ? FileStamp(path) : nil
  }
}
