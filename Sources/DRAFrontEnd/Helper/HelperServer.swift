import GRPC
import Glibc
import HelperProtocol
import Linux
import Synchronization

/// The daemon's side of the API helper's socket. It serves one helper at a time, on a thread of its own.
final class HelperServer: Sendable {
  enum Event: Sendable {
    case connected
    case message(HelperMessage)
    case disconnected(String)
    /// A process of another user tried to connect.
    case refused(String)
  }

  private struct Output {
    var bytes: [UInt8] = []
    var isStopped = false
  }

  private let listener: UnixListener
  /// The user that may connect as the helper, besides root and this process's own user.
  private let user: UInt32
  private let event: @Sendable (Event) -> Void
  private let output = Mutex(Output())
  private let wake: Descriptor

  /// The limit of unsent bytes, which is more than the slices of 100,000 devices have.
  private static let longestOutput = 128 << 20

  struct Failure: Error, Sendable, CustomStringConvertible {
    let description: String
  }

  /// Serves until `stop`; `event` is called on the server's thread.
  init(path: String, user: UInt32, event: @escaping @Sendable (Event) -> Void) throws(Failure) {
    self.user = user
    self.event = event
    do {
      if let slash = path.lastIndex(of: "/") { try DirectoryTree(String(path[..<slash])).make() }
      // The helper has another user. The peer's credentials decide, not the file's mode.
      listener = try UnixListener(path: path, mode: 0o666)
      wake = try Descriptor.eventCounter()
    } catch {
      throw Failure(description: "\(error)")
    }
    let error = DedicatedThread.run(name: "api-helper") { [self] in run() }
    guard error == 0 else {
      listener.removeFile()
      throw Failure(description: "cannot create the thread api-helper: \(Errno(error))")
    }
  }

  /// Removes the socket's file and ends the connection.
  func stop() {
    listener.removeFile()
    output.withLock { $0.isStopped = true }
    wake.signal()
  }

  /// Sends lines to the connected helper; without one they are dropped.
  func send(_ lines: [String]) {
    output.withLock { output in
      for line in lines {
        output.bytes += line.utf8
        output.bytes.append(UInt8(ascii: "\n"))
      }
    }
    wake.signal()
  }

  // MARK: The thread

  private func run() {
    var peer: HelperConnection?
    while true {
      let (isStopped, hasOutput) = output.withLock { output in
        if peer == nil { output.bytes = [] }
        return (output.isStopped, !output.bytes.isEmpty)
      }
      if isStopped { return }
      var waits = [
        pollfd(fd: listener.descriptor.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: peer?.number ?? -1, events: Int16(POLLIN) | (hasOutput ? Int16(POLLOUT) : 0), revents: 0),
      ]
      if poll(&waits, nfds_t(waits.count), -1) < 0 {
        // Short of memory: the loop must not spin, and the helper must not be lost.
        if errno != EINTR { usleep(100_000) }
        continue
      }
      if waits[1].revents != 0 { wake.clear() }
      if let current = peer, waits[2].revents != 0, let reason = serve(current, waits[2].revents) {
        peer = nil
        event(.disconnected(reason))
      }
      if waits[0].revents != 0 { accept(&peer) }
    }
  }

  /// A new helper replaces the connected one, which has ended or is about to.
  private func accept(_ peer: inout HelperConnection?) {
    switch listener.accept() {
    case .none: return
    // Without free descriptors, wait a moment, or the loop would spin.
    case .exhausted: usleep(100_000)
    case .connection(let socket):
      do throws(Errno) {
        let (user, process) = try socket.peer()
        guard user == 0 || user == geteuid() || user == self.user else {
          return event(
            .refused("user \(user) (process \(process)) is neither root nor the helper's user \(self.user)"))
        }
      } catch {
        return event(.refused("the kernel does not say who it is: \(error)"))
      }
      if peer != nil { event(.disconnected("another helper has come")) }
      output.withLock { $0.bytes = [] }
      peer = HelperConnection(socket)
      event(.connected)
    }
  }

  /// Why the connection ended; nil while it is open.
  private func serve(_ peer: HelperConnection, _ events: Int16) -> String? {
    do throws(HelperConnection.End) {
      if events & Int16(POLLOUT) != 0 {
        try output.withLock { output throws(HelperConnection.End) in try peer.write(&output.bytes) }
      }
      guard events & ~Int16(POLLOUT) != 0 else { return nil }
      for message in try peer.read() { event(.message(message)) }
      return output.withLock { $0.bytes.count } > Self.longestOutput ? "it does not read" : nil
    } catch {
      return error.reason
    }
  }
}
