import Glibc
import Linux

/// The API server's address and the service account's files.
///
/// They correspond to the environment and the projected volume of every pod. Both files are read again for each
/// connection and call, because kubelet replaces the token before it expires.
public struct Cluster: Sendable {
  /// The host name or address, usually from KUBERNETES_SERVICE_HOST.
  public let host: String
  /// The TCP port, usually from KUBERNETES_SERVICE_PORT.
  public let port: UInt16
  /// The directory with the files `token` and `ca.crt`.
  public let account: String

  /// Where kubelet mounts the service account's volume.
  public static let standardAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// Names the server and the files; nothing is read yet.
  public init(host: String, port: UInt16, account: String = standardAccount) {
    self.host = host
    self.port = port
    self.account = account
  }

  var authorities: String { "\(account)/ca.crt" }

  /// The longest token that is taken; those of Kubernetes have 1 to 2 KB.
  private static let longestToken = 64 << 10

  func token() throws(APIFailure) -> String {
    let path = "\(account)/token"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unreadable(file: path, reason: "\(Errno(errno))") }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.longestToken)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { throw .unreadable(file: path, reason: "\(Errno(errno))") }
    let text = bytes.prefix(count).filter { $0 > 0x20 && $0 < 0x7F }
    guard !text.isEmpty, count < Self.longestToken else { throw .unreadable(file: path, reason: "expected a token") }
    return String(decoding: text, as: UTF8.self)
  }
}
