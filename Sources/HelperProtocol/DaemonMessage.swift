public import JSONText

/// What the daemon says to the helper.
public enum DaemonMessage: Sendable, Equatable {
  /// First line of a connection: for which driver and node the helper works.
  case hello(driver: String, node: String)
  /// One slice of the next revision: the object as it is to be published, without name, owner and generation.
  case slice(JSONValue)
  /// The slices since the last revision are all that the node publishes from now on.
  case publish(revision: Int, slices: Int)
  /// A claim to be looked up.
  case claim(id: Int, namespace: String, name: String, uid: String)

  /// Without its newline.
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
      }
    return value.text(escaping: .minimal)
  }

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
    default: throw LineError("unknown message '\(kind.prefix(40))'")
    }
  }
}
