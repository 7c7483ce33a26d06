/// What the daemon and its API helper have to agree on: JSON lines over a UNIX socket that the daemon listens on.
///
/// The helper holds the token and the network; the daemon holds the devices. Neither takes a longer line than `longestLine`.
public enum HelperProtocol {
  /// Each side says it first; sides of different versions do not talk.
  public static let version = 1
  /// 64 devices are 40 KB; an allocation may carry 10 KiB of parameters for each of 64 configurations.
  public static let longestLine = 1 << 20
  /// Where the daemon listens when no flag says otherwise.
  public static let socketPath = "/run/devicepool/devicepool-api.sock"
}

/// Why a line of the other side can't be used.
public struct LineError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
