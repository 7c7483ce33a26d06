import Glibc

/// Reports by inotify when entries of some directories appear, change and disappear.
///
/// A directory that does not exist yet, or is removed, is watched through its nearest existing parent until it appears.
public final class DirectoryWatcher: Sendable {
  /// A change in a watched directory.
  public enum Event: Sendable, Hashable {
    /// An entry was created, or moved into the directory.
    case appeared(directory: String, name: String)
    /// An entry was deleted, or moved out of the directory.
    case vanished(directory: String, name: String)
    /// A file was written to and closed.
    case written(directory: String, name: String)
    /// The kernel dropped events, or a directory was replaced: look at everything again.
    case lookAgain

    /// Whether the event is about an entry of one of the directories.
    public func concerns(_ directories: Set<String>) -> Bool {
      switch self {
      case .appeared(let directory, _), .vanished(let directory, _), .written(let directory, _):
        directories.contains(directory)
      case .lookAgain: true
      }
    }

    /// Whether the event is about a name that begins with a dot, such as a temporary file.
    public var isHidden: Bool {
      switch self {
      case .appeared(_, let name), .vanished(_, let name), .written(_, let name): name.hasPrefix(".")
      case .lookAgain: false
      }
    }
  }

  private let state: State
  private let watcher: DescriptorWatcher
  private let token: DescriptorWatcher.Token

  /// Starts to watch; `told` is called on the watcher's thread.
  ///
  /// - Throws: When the kernel refuses an inotify instance or a watch.
  public init(
    directories: [String], watcher: DescriptorWatcher, told: @escaping @Sendable (Event) -> Void
  ) throws(DirectoryWatchError) {
    guard let descriptor = Descriptor(inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))) else {
      throw DirectoryWatchError(number: errno)
    }
    self.watcher = watcher
    state = State(descriptor: descriptor, directories: directories, told: told)
    state.addAll()
    if let error = state.exhaustion { throw DirectoryWatchError(number: error) }
    let drain = { @Sendable [state] in
      state.drain()
      return DescriptorWatcher.Next.goOn
    }
    guard let token = watcher.watch(descriptor, for: .readable, event: drain) else {
      throw DirectoryWatchError(number: errno)
    }
    self.token = token
  }

  /// Stops watching; one event may still be handled.
  public func stop() { watcher.forget(token) }

  /// Only touched on the watcher's thread, once that looks at it.
  private final class State: @unchecked Sendable {
    private let descriptor: Descriptor
    private let directories: [String]
    private let told: @Sendable (Event) -> Void
    /// Watch descriptor to directory; parents that are watched for a missing child have it as `awaited`.
    private var watches: [Int32: String] = [:]
    private var awaited: [Int32: String] = [:]
    /// The error number when the user has no watch left; changes in that directory are then not reported.
    private(set) var exhaustion: Int32?

    init(descriptor: Descriptor, directories: [String], told: @escaping @Sendable (Event) -> Void) {
      self.descriptor = descriptor
      self.directories = directories
      self.told = told
    }

    func addAll() {
      for directory in directories where !watches.values.contains(directory) { add(directory) }
    }

    private func add(_ directory: String) {
      let mask =
        IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF
        | IN_ONLYDIR
      let watch = inotify_add_watch(descriptor.number, directory, UInt32(mask))
      let error = errno
      if watch >= 0 {
        watches[watch] = directory
      } else {
        if error == ENOSPC || error == ENOMEM { exhaustion = error }
        addParent(of: directory)
      }
    }

    private func addParent(of directory: String) {
      var parent = directory
      while let slash = parent.lastIndex(of: "/") {
        parent = slash == parent.startIndex ? "/" : String(parent[..<slash])
        // IN_MASK_ADD: the parent may be one of the watched directories itself.
        let watch = inotify_add_watch(
          descriptor.number, parent, UInt32(IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF) | UInt32(IN_MASK_ADD))
        if watch >= 0 {
          awaited[watch] = directory
          return
        }
        if parent == "/" { return }
      }
    }

    func drain() {
      withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
        while true {
          let count = read(descriptor.number, buffer.baseAddress, buffer.count)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return }
          var offset = 0
          let header = MemoryLayout<inotify_event>.size
          while offset + header <= count {
            let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let name = UnsafeRawBufferPointer(rebasing: buffer[(offset + header)..<(offset + header + Int(event.len))])
            handle(event, name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            offset += header + Int(event.len)
          }
        }
      }
    }

    private func handle(_ event: inotify_event, name: String) {
      let mask = Int(event.mask)
      if mask & Int(IN_Q_OVERFLOW) != 0 {
        told(.lookAgain)
        return
      }
      if awaited[event.wd] != nil {
        awaited[event.wd] = nil
        addAll()
        told(.lookAgain)
      }
      guard let directory = watches[event.wd] else { return }
      if mask & Int(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0 {
        watches[event.wd] = nil
        if mask & Int(IN_IGNORED) == 0 { inotify_rm_watch(descriptor.number, event.wd) }
        addAll()
        told(.lookAgain)
      } else if mask & Int(IN_CREATE | IN_MOVED_TO) != 0 {
        told(.appeared(directory: directory, name: name))
      } else if mask & Int(IN_DELETE | IN_MOVED_FROM) != 0 {
        told(.vanished(directory: directory, name: name))
      } else if mask & Int(IN_CLOSE_WRITE) != 0 {
        told(.written(directory: directory, name: name))
      }
    }
  }
}

/// Why directories cannot be watched.
public struct DirectoryWatchError: Error, CustomStringConvertible {
  let number: Int32

  public var description: String { "inotify: \(Errno(number))" }
}
