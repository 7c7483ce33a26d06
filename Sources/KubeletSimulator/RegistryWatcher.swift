import Glibc
import Linux
import Synchronization

/// Tells which sockets there are below plugins_registry, whenever that changes; names that begin with a dot do not count.
///
/// Every event of inotify leads to a new look at the whole tree, which is small: nothing is lost when events are.
final class RegistryWatcher: Sendable {
  /// A socket, from its creation to its end. One that comes to the same path later is another.
  struct Socket: Sendable, Hashable {
    let path: String
    fileprivate let number: Int
  }

  private struct Tree {
    /// Watched directories by inotify's number for them.
    var directories: [Int32: String] = [:]
    var sockets: [String: (stamp: SocketStamp, socket: Socket)] = [:]
    var nextNumber = 0
  }

  /// What is there now; the first comes at once.
  let sockets: AsyncStream<Set<Socket>>
  private let continuation: AsyncStream<Set<Socket>>.Continuation
  private let watcher: DescriptorWatcher
  private let token: DescriptorWatcher.Token

  /// A directory that does not exist has no sockets, and is not waited for.
  init(_ directory: String, watcher: DescriptorWatcher) throws(SimulatorError) {
    let number = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard let descriptor = Descriptor(number) else {
      throw .system(operation: "inotify_init1", path: directory, errno: errno)
    }
    (sockets, continuation) = AsyncStream.makeStream(of: Set<Socket>.self, bufferingPolicy: .bufferingNewest(1))
    let look = Look(root: directory, descriptor: descriptor) { [continuation] in continuation.yield($0) }
    look.again()
    let token = watcher.watch(descriptor, for: .readable) {
      look.again()
      return .goOn
    }
    guard let token else { throw .system(operation: "epoll", path: directory, errno: errno) }
    self.token = token
    self.watcher = watcher
  }

  func stop() {
    watcher.forget(token)
    continuation.finish()
  }

  private final class Look: Sendable {
    private let root: String
    private let descriptor: Descriptor
    private let tree = Mutex(Tree())
    private let report: @Sendable (Set<Socket>) -> Void

    init(root: String, descriptor: Descriptor, report: @escaping @Sendable (Set<Socket>) -> Void) {
      self.root = root
      self.descriptor = descriptor
      self.report = report
    }

    /// Reads the events before looking: one that comes later makes the descriptor readable again.
    func again() {
      let sockets = tree.withLock { tree in
        let (created, removed) = readEvents(tree.directories)
        for path in removed { tree.sockets[path] = nil }
        var found: Set<String> = []
        visit(root, &tree, &found)
        for path in tree.sockets.keys where !found.contains(path) { tree.sockets[path] = nil }
        for path in found { note(path, isCreated: created.contains(path), &tree) }
        return Set(tree.sockets.values.map(\.socket))
      }
      report(sockets)
    }

    /// A changed stamp alone may be a chmod, or of a file whose event comes with the next look; an event alone may be of
    /// a file that was seen already.
    private func note(_ path: String, isCreated: Bool, _ tree: inout Tree) {
      guard let stamp = SocketStamp(path) else { return }
      if let known = tree.sockets[path], known.stamp == stamp || !isCreated { return }
      tree.nextNumber += 1
      tree.sockets[path] = (stamp, Socket(path: path, number: tree.nextNumber))
    }

    /// Watches a directory before listing it, so that no entry comes between.
    private func visit(_ directory: String, _ tree: inout Tree, _ found: inout Set<String>) {
      let changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR
      let watch = inotify_add_watch(descriptor.number, directory, UInt32(changes))
      guard watch >= 0, let names = try? SocketDirectory.entries(of: directory) else { return }
      tree.directories[watch] = directory
      for name in names where !name.hasPrefix(".") {
        let path = "\(directory)/\(name)"
        if SocketStamp(path) != nil {
          found.insert(path)
        } else if SocketDirectory.isDirectory(path) {
          visit(path, &tree, &found)
        }
      }
    }

    /// The paths that something has come to, and those that something has left.
    private func readEvents(_ directories: [Int32: String]) -> (created: Set<String>, removed: Set<String>) {
      var created: Set<String> = []
      var removed: Set<String> = []
      withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
        while true {
          let count = read(descriptor.number, buffer.baseAddress, buffer.count)
          guard count > 0 else { return }
          var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
          while rest.count >= MemoryLayout<inotify_event>.size {
            let event = rest.loadUnaligned(as: inotify_event.self)
            let end = MemoryLayout<inotify_event>.size + Int(event.len)
            let name = rest[MemoryLayout<inotify_event>.size..<end].prefix { $0 != 0 }
            if let directory = directories[event.wd] {
              let path = "\(directory)/\(String(decoding: name, as: UTF8.self))"
              if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 { created.insert(path) }
              if event.mask & UInt32(IN_DELETE | IN_MOVED_FROM) != 0 { removed.insert(path) }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
          }
        }
      }
      return (created, removed)
    }
  }
}
