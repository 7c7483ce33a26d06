/// The protocol between the daemon and its API helper: lines of JSON over a unix socket on which the daemon listens.
///
/// The helper has the token and the network; the daemon has the devices.
public enum HelperProtocol {
  /// The version of the protocol. Each side sends its own first; sides with different versions do not work together.
  public static let version = 1
  /// The limit of a line in bytes. A slice of 64 devices has 40 KB; an allocation may have 10 KiB of parameters in each
  /// of 64 configurations.
  public static let longestLine = 1 << 20
  /// The socket's path unless a flag says otherwise; both containers mount its directory.
  public static let socketPath = "/run/devicepool/devicepool-api.sock"
}

/// Why a line from the other side can't be used.
public struct LineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with the line, for people.
  public let description: String

  init(_ description: String) { self.description = description }
}
