public import JSONText

/// One event of a watch, which is one line of the answer.
public enum WatchEvent: Sendable {
  /// An object was created, or existed when the watch began.
  case added(JSONNode)
  /// An object was changed; the new state.
  case modified(JSONNode)
  /// An object was deleted; its last state.
  case deleted(JSONNode)
  /// The watch has reached this version without an event.
  case bookmark(resourceVersion: String)
  /// The server ends the watch. Code 410 means that the requested version is too old.
  case error(code: Int, message: String)

  /// Decodes a line; nil when it is not an event.
  init?(line: [UInt8]) {
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

  /// The resource version to continue from after the event; nil for an error.
  public var resourceVersion: String? {
    switch self {
    case .added(let object), .modified(let object), .deleted(let object):
      object["metadata"]?["resourceVersion"]?.string
    case .bookmark(let version): version
    case .error: nil
    }
  }
}
