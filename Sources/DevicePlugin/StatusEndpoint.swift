import EventLoop
import HTTPService

/// `/metrics`, `/healthz` and `/readyz`.
///
/// Healthy means that the event loop takes its turns; ready, that kubelet has opened the stream of every pool. Both are
/// asked of the living parts at each request, so that a stuck one shows.
struct StatusEndpoint: Sendable {
  private let service: HTTPService

  /// Throws `NodeFault` when the address can't be listened on.
  init(_ address: ListenAddress, plugin: Plugin) throws(NodeFault) {
    do {
      service = try HTTPService(address: address.host, port: address.port) { path in
        TaskLoop.wait(for: .seconds(Self.patience)) { await plugin.page(path) }
          ?? HTTPService.Page(status: 503, body: "the event loop has not answered within \(Self.patience) s\n")
      }
    } catch {
      throw NodeFault("-listen: \(error)")
    }
  }

  func stop() { service.stop() }

  /// Seconds. The service's own thread may block.
  private static let patience = 5
}

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
