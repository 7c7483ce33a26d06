import Glibc
import Linux

/// Restricts a socket's peers, whatever the mode of its file, to root and the user that the server runs as.
struct PeerPolicy: Sendable {
  let owner: uid_t

  func admits(user: uid_t) -> Bool {
    user == 0 || user == owner
  }

  /// The reason to refuse the peer; nil when it may connect.
  func objection(to connection: Descriptor) -> String? {
    do throws(Errno) {
      let (user, process) = try connection.peer()
      return admits(user: user) ? nil : "user \(user) (process \(process)) is neither root nor user \(owner)"
    } catch {
      return "the kernel does not report the peer's user: \(error)"
    }
  }
}
