import JSONText

/// A ResourceSlice as the API server has it.
struct ObservedSlice: Sendable, Equatable {
  let name: String
  let uid: String
  let resourceVersion: String
  let pool: String
  let generation: Int
  let metadata: JSONValue
  let spec: JSONValue

  /// Reads the server's object; nil when it is not a slice.
  init?(_ object: JSONNode) {
    guard let metadata = object["metadata"], let name = metadata["name"]?.string, let uid = metadata["uid"]?.string,
      let version = metadata["resourceVersion"]?.string, let spec = object["spec"],
      let pool = spec["pool"]?["name"]?.string
    else { return nil }
    self.name = name
    self.uid = uid
    resourceVersion = version
    self.pool = pool
    generation = spec["pool"]?["generation"]?.int ?? 0
    self.metadata = metadata.jsonValue
    self.spec = spec.jsonValue
  }

  var index: Int? { DesiredSlice.index(ofName: name) }
}
