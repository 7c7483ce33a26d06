import JSONText

/// Reads `resourceName` and `resourcePrefix` of a pool.
struct PoolNameReader {
  let defaults: ConfigDefaults
  let characters: ResourceNameRules.Characters
  /// The default name; nil when the pool must have a name.
  let standardName: String?
  /// The default prefix, and where it comes from.
  let standardPrefix: (text: String, origin: String)

  /// Nil, with errors in `log`, when there is no usable name.
  func read(_ object: ConfigObject, log: inout ProblemLog) -> ResourceName? {
    let errorsBefore = log.errorCount
    let name = readName(object, log: &log)
    let prefix = readPrefix(object, log: &log)
    guard log.errorCount == errorsBefore, let name else { return nil }
    let resource = ResourceName(prefix: prefix, name: name)
    if let fault = ResourceNameRules.fault(ofSocketOf: resource, in: defaults.socketDirectories) {
      log.error(object.path.key("resourceName"), at: object.position(of: "resourceName"), fault)
      return nil
    }
    return resource
  }

  private func readName(_ object: ConfigObject, log: inout ProblemLog) -> String? {
    let path = object.path.key("resourceName")
    let position = object.position(of: "resourceName")
    let text = object.text("resourceName", log: &log)
    guard let name = text ?? standardName else {
      if object.nodes("resourceName").isEmpty { log.error(path, at: position, "the pool has no name") }
      return nil
    }
    if let fault = ResourceNameRules.fault(ofName: name, characters) {
      log.error(path, at: position, fault)
    } else if let objection = ResourceNameRules.objection(toName: name) {
      log.warning(path, at: position, objection)
    }
    return name
  }

  private func readPrefix(_ object: ConfigObject, log: inout ProblemLog) -> String {
    let path = object.path.key("resourcePrefix")
    let position = object.position(of: "resourcePrefix")
    let own = object.text("resourcePrefix", log: &log) ?? ""
    let prefix = own.isEmpty ? standardPrefix.text : own
    let origin = own.isEmpty ? "\(standardPrefix.origin): " : ""
    if let fault = ResourceNameRules.fault(ofPrefix: prefix) {
      log.error(path, at: position, origin + fault)
    } else if let objection = ResourceNameRules.objection(toPrefix: prefix) {
      log.warning(path, at: position, origin + objection)
    }
    return prefix
  }
}
