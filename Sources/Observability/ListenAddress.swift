/// The value of the option `-listen`: a port on the loopback address, or address and port.
public struct ListenAddress: Sendable, Equatable {
  /// The address without brackets, e.g. `127.0.0.1` or `::`; `0.0.0.0` when the option has only `:port`.
  public var host: String
  /// The TCP port; 0 lets the kernel choose.
  public var port: UInt16

  /// Reads `port` or `address:port`, with IPv6 addresses in brackets; nil for any other text.
  public init?(_ text: String) {
    if let port = UInt16(text) {
      self = ListenAddress(host: "127.0.0.1", port: port)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    self = ListenAddress(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
  }

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}
