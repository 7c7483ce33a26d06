public import JSONText

/// What the helper says to the daemon.
public enum HelperMessage: Sendable, Equatable {
  /// First line of a connection.
  case hello
  /// The API server has this revision, or does not take it: why. A server whose gate DRADeviceTaints is off drops taints.
  case published(revision: Int, problem: String?, dropsTaints: Bool)
  /// What the API server says of a claim: `results` and `config` of its allocation, and its uid.
  case claim(id: Int, ClaimAnswer)

  /// The result of a claim's lookup.
  public enum ClaimAnswer: Sendable, Equatable {
    case found(JSONValue)
    case failed(String)
  }

  /// Without its newline.
  public var line: String {
    let value: JSONValue =
      switch self {
      case .hello: ["hello": ["version": .int(HelperProtocol.version)]]
      case .published(let revision, let problem, let dropsTaints):
        [
          "published": [
            "revision": .int(revision), "problem": problem.map { .string($0) } ?? .null,
            "dropsTaints": .bool(dropsTaints),
          ]
        ]
      case .claim(let id, .found(let claim)): ["claim": ["id": .int(id), "found": claim]]
      case .claim(let id, .failed(let reason)): ["claim": ["id": .int(id), "failed": .string(reason)]]
      }
    return value.text(escaping: .minimal)
  }

  public init(line: [UInt8]) throws(LineError) {
    let (kind, body) = try Line.read(line)
    switch kind {
    case "hello":
      try Line.checkVersion(body)
      self = .hello
    case "published":
      self = .published(
        revision: try Line.number("revision", of: body), problem: body["problem"]?.string,
        dropsTaints: body["dropsTaints"]?.bool == true)
    case "claim":
      let id = try Line.number("id", of: body)
      if let reason = body["failed"]?.string {
        self = .claim(id: id, .failed(reason))
      } else if let claim = body["found"] {
        self = .claim(id: id, .found(claim.jsonValue))
      } else {
        throw LineError("claim: expected found or failed")
      }
    default: throw LineError("unknown message '\(kind.prefix(40))'")
    }
  }
}
