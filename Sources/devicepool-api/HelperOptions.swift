import HelperProtocol
import KubernetesAPI

/// What the helper is started with.
struct HelperOptions {
  let socket: String
  let cluster: Cluster
  let startJitter: Double

  enum Failure: Error, Equatable, CustomStringConvertible {
    case helpAsked
    case wrong(String)

    var description: String {
      switch self {
      case .helpAsked: "help requested"
      case .wrong(let text): "devicepool-api: \(text)"
      }
    }
  }

  static let help = """
    devicepool-api: publishes a node's ResourceSlices and reads claims, for the devicepool daemon beside it

    usage: devicepool-api [flags]

    flags (one dash or two, -x=value or -x value):
      -socket           the daemon's socket (\(HelperProtocol.socketPath))
      -server           host:port of the API server ($KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT)
      -service-account  directory of token and ca.crt (\(Cluster.standardAccount))
      -start-jitter     seconds within which nodes that start together list their slices (5)
      -check            for probes: ask the helper that has this -socket whether it is \(HelperCheck.expectation); ready
                        means that slices could be published since its start

    exit codes: 0 asked to stop, or yes to -check; 1 no to -check, 2 wrong usage, 3 a node error
    """

  init(_ words: [String], environment: (String) -> String?) throws(Failure) {
    let values = try Self.values(words)
    socket = values["socket"] ?? HelperProtocol.socketPath
    let server: (host: String, port: UInt16)
    if let text = values["server"] {
      guard let parsed = Self.server(text) else { throw .wrong("-server \(text): expected host:port") }
      server = parsed
    } else {
      guard let host = environment("KUBERNETES_SERVICE_HOST"), !host.isEmpty,
        let port = environment("KUBERNETES_SERVICE_PORT").flatMap({ UInt16($0) })
      else {
        throw .wrong("no API server: expected -server, or KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT")
      }
      server = (host, port)
    }
    cluster = Cluster(
      host: server.host, port: server.port, account: values["service-account"] ?? Cluster.standardAccount)
    let jitter = values["start-jitter"] ?? "5"
    guard let seconds = Double(jitter), (0...600).contains(seconds) else {
      throw .wrong("-start-jitter \(jitter): expected seconds, at most 600")
    }
    startJitter = seconds
  }

  /// The question of `-check` and the socket of the helper that it is for; nil without that flag. It needs no API server.
  static func check(_ words: [String]) throws(Failure) -> (question: HelperCheck, socket: String)? {
    let values = try values(words)
    guard let text = values["check"] else { return nil }
    guard let question = HelperCheck(rawValue: text) else {
      throw .wrong("-check \(text): expected \(HelperCheck.expectation)")
    }
    return (question, values["socket"] ?? HelperProtocol.socketPath)
  }

  private static let names = ["socket", "server", "service-account", "start-jitter", "check"]

  private static func values(_ words: [String]) throws(Failure) -> [String: String] {
    var values: [String: String] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      let body = word.drop { $0 == "-" }
      guard word.hasPrefix("-") else { throw .wrong("found '\(word)', expected a flag") }
      let sign = body.firstIndex(of: "=")
      let name = String(body[..<(sign ?? body.endIndex)])
      if name == "h" || name == "help" { throw .helpAsked }
      guard names.contains(name) else { throw .wrong("there is no flag -\(name)") }
      if let sign {
        values[name] = String(body[body.index(after: sign)...])
      } else {
        guard let value = rest.popFirst() else { throw .wrong("-\(name) needs a value") }
        values[name] = value
      }
    }
    return values
  }

  /// `10.96.0.1:443`, `[fd00::1]:443` or `kubernetes.default.svc:443`.
  private static func server(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return host.isEmpty ? nil : (String(host), port)
  }
}
