public import JSONText

/// A message from the daemon to the API helper.
public enum DaemonMessage: Sendable, Equatable {
  /// The first message of a connection: the driver and node that the helper works for.
  case hello(driver: String, node: String)
  /// One slice of the next revision: the ResourceSlice to publish, without name, owner and generation.
  case slice(JSONValue)
  /// Completes a revision: the slices since the last one are all that the node publishes.
  case publish(revision: Int, slices: Int)
  /// Asks for a ResourceClaim; the answer has the same `id`.
  case claim(id: Int, namespace: String, name: String, uid: String)
  /// Asks whether the helper works; the answer has the same `id`.
  case ping(id: Int)

  /// The message as one line of JSON, without the newline.
  public var line: String {
    let value: JSONValue =
      switch self {
      case .hello(let driver, let node):
        [
          "hello": [
            "version": .int(HelperProtocol.version), "driver": .string(driver), "node": .string(node),
          ]
        ]
      case .slice(let slice): ["slice": slice]
      case .publish(let revision, let slices): ["publish": ["revision": .int(revision), "slices": .int(slices)]]
      case .claim(let id, let namespace, let name, let uid):
        [
          "claim": [
            "id": .int(id), "namespace": .string(namespace), "name": .string(name), "uid": .string(uid),
          ]
        ]
      case .ping(let id): ["ping": ["id": .int(id)]]
      }
    return value.text(escaping: .minimal)
  }

  /// Decodes a line.
  ///
  /// - Throws: When it is not a message, or the helper's version differs.
  public init(line: [UInt8]) throws(LineError) {
    let (kind, body) = try Line.read(line)
    switch kind {
    case "hello":
      try Line.checkVersion(body)
      self = .hello(driver: try Line.text("driver", of: body), node: try Line.text("node", of: body))
    case "slice": self = .slice(body.jsonValue)
    case "publish":
      self = .publish(revision: try Line.number("revision", of: body), slices: try Line.number("slices", of: body))
    case "claim":
      self = .claim(
        id: try Line.number("id", of: body), namespace: try Line.text("namespace", of: body),
        name: try Line.text("name", of: body), uid: try Line.text("uid", of: body))
    case "ping": self = .ping(id: try Line.number("id", of: body))
    default: throw LineError("unknown message '\(kind.prefix(40))'")
    }
  }
}
