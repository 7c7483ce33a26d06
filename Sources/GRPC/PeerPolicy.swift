import Glibc
import Linux

/// Who may connect to a socket, whatever the mode of its file: root, and the user the server runs as.
struct PeerPolicy: Sendable {
  let owner: uid_t

  func admits(user: uid_t) -> Bool {
    user == 0 || user == owner
  }

  /// nil for a peer who may connect, else why not.
  func objection(to connection: Descriptor) -> String? {
    do throws(Errno) {
      let (user, process) = try connection.peer()
      return admits(user: user) ? nil : "user \(user) (process \(process)) is neither root nor user \(owner)"
    } catch {
      return "the kernel does not say who it is: \(error)"
    }
  }
}
