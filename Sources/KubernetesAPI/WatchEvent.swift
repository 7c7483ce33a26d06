public import JSONText

/// One line of a watch.
public enum WatchEvent: Sendable {
  case added(JSONNode)
  case modified(JSONNode)
  case deleted(JSONNode)
  /// Nothing happened up to this version.
  case bookmark(resourceVersion: String)
  /// The server ends the watch; code 410 means that the version is too old.
  case error(code: Int, message: String)

  /// - Returns: Nil for a line that is not an event.
  public init?(line: [UInt8]) {
    guard let node = try? JSONNode.parse(line), let object = node["object"] else { return nil }
    switch node["type"]?.string {
    case "ADDED": self = .added(object)
    case "MODIFIED": self = .modified(object)
    case "DELETED": self = .deleted(object)
    case "BOOKMARK":
      guard let version = object["metadata"]?["resourceVersion"]?.string else { return nil }
      self = .bookmark(resourceVersion: version)
    case "ERROR": self = .error(code: object["code"]?.int ?? 0, message: object["message"]?.string ?? "no message")
    default: return nil
    }
  }

  /// The version after the event; nil for an error.
  public var resourceVersion: String? {
    switch self {
    case .added(let object), .modified(let object), .deleted(let object):
      object["metadata"]?["resourceVersion"]?.string
    case .bookmark(let version): version
    case .error: nil
    }
  }
}
