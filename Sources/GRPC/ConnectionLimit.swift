import Glibc
import Linux
import Synchronization

/// Decides which connections a server takes, and counts those that are open.
///
/// The core owns what it is given and does not say when it closes it, but it shuts the connection down first. A second
/// descriptor of the same connection becomes readable then, and keeps the count right.
final class ConnectionLimit: Sendable {
  /// Why a connection was not taken.
  enum Refusal: Error {
    case peer(String)
    case full(Int)
    case system(errno: Int32)
  }

  private let peers: PeerPolicy
  private let most: Int
  private let watcher: DescriptorWatcher
  private let open = Mutex(0)

  init(most: Int, peers: PeerPolicy, watcher: DescriptorWatcher) {
    self.most = most
    self.peers = peers
    self.watcher = watcher
  }

  /// A descriptor for the core to own, and to shut down before it closes it.
  func admit(_ connection: Descriptor) throws(Refusal) -> Int32 {
    if let objection = peers.objection(to: connection) { throw .peer(objection) }
    guard reserve() else { throw .full(most) }
    let served = fcntl(connection.number, F_DUPFD_CLOEXEC, 0)
    guard served >= 0 else {
      let error = errno
      release()
      throw .system(errno: error)
    }
    let token = watcher.watch(connection, for: .hangUp) { [self] in
      release()
      return .forget
    }
    guard token != nil else {
      let error = errno
      close(served)
      release()
      throw .system(errno: error)
    }
    return served
  }

  private func reserve() -> Bool {
    open.withLock { open in
      guard open < most else { return false }
      open += 1
      return true
    }
  }

  private func release() {
    open.withLock { $0 -= 1 }
  }
}

extension ConnectionLimit.Refusal: CustomStringConvertible {
  var description: String {
    switch self {
    case .peer(let objection): objection
    case .full(let most): "there are \(most) already"
    case .system(let errno): "\(Errno(errno))"
    }
  }
}
