public import JSONText

/// A message from the API helper to the daemon.
public enum HelperMessage: Sendable, Equatable {
  /// The first message of a connection.
  case hello
  /// Reports a revision: the API server has it, or `problem` says why not. A server without the feature gate
  /// DRADeviceTaints drops taints.
  case published(revision: Int, problem: String?, dropsTaints: Bool)
  /// The answer to the daemon's question with the same `id`.
  case claim(id: Int, ClaimAnswer)
  /// The answer to the ping with the same `id`.
  case pong(id: Int)

  /// The result of reading a claim.
  public enum ClaimAnswer: Sendable, Equatable {
    /// The claim's `uid`, and `results` and `config` of its allocation.
    case found(JSONValue)
    /// Why the claim can't be used, for people.
    case failed(String)
  }

  /// The message as one line of JSON, without the newline.
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
      case .pong(let id): ["pong": ["id": .int(id)]]
      }
    return value.text(escaping: .minimal)
  }

  /// Decodes a line.
  ///
  /// - Throws: When it is not a message, or the daemon's version differs.
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
    case "pong": self = .pong(id: try Line.number("id", of: body))
    default: throw LineError("unknown message '\(kind.prefix(40))'")
    }
  }
}
