/// `-listen`'s value: a port on the loopback, or address and port.
public struct ListenAddress: Sendable, Equatable {
  public var host: String
  public var port: UInt16

  /// Nil when it is neither `port` nor `address:port`; IPv6 addresses stand in brackets.
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
