import Synchronization

/// The paths of the sockets on which pools answer now, for callers outside the event loop.
public final class ListeningSockets: Sendable {
  private let paths = Mutex<Set<String>>([])

  /// Creates an empty set.
  public init() {}

  /// The paths in alphabetical order.
  public var all: [String] { paths.withLock { $0.sorted() } }

  func add(_ path: String) { _ = paths.withLock { $0.insert(path) } }
  func remove(_ path: String) { _ = paths.withLock { $0.remove(path) } }
}
