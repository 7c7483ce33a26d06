import JSONText

/// Fields that were sent and are not in the server's answer: their feature gate is off, and the server says nothing of it.
enum DroppedFields {
  /// The path of devices' taints.
  static let taints = "devices[].taints"

  /// Paths such as `devices[].taints`, each once, in the order in which they come.
  static func paths(sent: JSONValue, stored: JSONValue) -> [String] {
    var paths: [String] = []
    compare(sent, stored, at: "", &paths)
    return paths
  }

  private static func compare(_ sent: JSONValue, _ stored: JSONValue, at path: String, _ paths: inout [String]) {
    switch (sent, stored) {
    case (.object(let fields), .object):
      for field in fields {
        let place = path.isEmpty ? field.key : "\(path).\(field.key)"
        if let value = stored[field.key] {
          compare(field.value, value, at: place, &paths)
        } else if !paths.contains(place) {
          paths.append(place)
        }
      }
    case (.array(let items), .array(let others)):
      for (item, other) in zip(items, others) { compare(item, other, at: "\(path)[]", &paths) }
    default: break
    }
  }
}
