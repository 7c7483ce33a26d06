import JSONText

/// Reads one entry of `configList`, by the rules of the RDMA shared device plugin.
struct SharedPoolDecoder {
  let defaults: ConfigDefaults
  let path: ConfigPath
  /// The pool's name, when it is known to be valid.
  private(set) var named: NamedPool?

  /// Nil when the entry can't be a pool; errors are in `log`.
  mutating func decode(_ node: JSONNode, log: inout ProblemLog) -> PoolConfig? {
    guard
      let object = ConfigObject(
        node, at: path, keys: .of(.sharedPool), log: &log, hint: { KeyPlacement.hint(for: $0, in: .sharedPool) })
    else { return nil }
    let reader = PoolNameReader(
      defaults: defaults, characters: .lettersDigitsUnderscore, standardName: nil, standardPrefix: ("rdma", "rdma"))
    let name = reader.read(object, log: &log)
    if let name {
      named = NamedPool(
        file: log.file, path: path, name: name, position: object.position(of: "resourceName"), nodes: NodeGlobs([]),
        variables: [])
    }
    let options = readOptions(object, log: &log)
    guard let selector = readSelector(object, log: &log), let name else { return nil }
    var pool = PoolConfig(path: path, name: name, type: .rdmaShared, selectors: [selector])
    pool.file = log.file
    pool.position = object.position
    pool.shared = options
    pool.serve = object.choice("serve", FrontEndKind.self, log: &log) ?? .devicePlugin
    return pool
  }

  private func readOptions(_ object: ConfigObject, log: inout ProblemLog) -> PoolConfig.SharedOptions {
    let errorsBefore = log.errorCount
    let maximum = object.integer("rdmaHcaMax", of: .sharedPool, log: &log) ?? 0
    if maximum == 0, log.errorCount == errorsBefore {
      log.warning(
        path.key("rdmaHcaMax"), at: object.position(of: "rdmaHcaMax"), "0: no container can have the pool's devices")
    }
    return PoolConfig.SharedOptions(rdmaHcaMax: maximum, setLinkUp: object.flag("setLinkUp", log: &log) ?? false)
  }

  /// The key `selectors`, or the interface names of `devices` in its place.
  private func readSelector(_ object: ConfigObject, log: inout ProblemLog) -> SelectorObject? {
    let decoder = SelectorDecoder(type: .rdmaShared)
    let path = path.key("selectors")
    let errorsBefore = log.errorCount
    let names = object.texts("devices", log: &log) ?? []
    let node = object.node("selectors")
    let selector = node.flatMap { decoder.decode($0, at: path, log: &log) }
    if node != nil, selector == nil { return nil }
    let selects = selector.map { !$0.pipeline.stages.isEmpty } ?? false
    switch (selects, names.isEmpty) {
    case (true, true):
      return selector
    case (false, false):
      log.warning(
        self.path.key("devices"), at: object.position(of: "devices"), "an old form: selectors.ifNames says the same")
      return interfaces(names, object, log: &log)
    case (true, false):
      log.error(self.path.key("devices"), at: object.position(of: "devices"), "found beside selectors: expected one")
    // A value that is not a list may have been meant to select.
    case (false, true) where log.errorCount == errorsBefore:
      log.error(
        path, at: object.position(of: "selectors"), "selects nothing: expected at least one selector with a value")
    case (false, true): break
    }
    return nil
  }

  /// What `ifNames` would select.
  private func interfaces(_ names: [String], _ object: ConfigObject, log: inout ProblemLog) -> SelectorObject? {
    let path = path.key("devices")
    guard let node = object.node("devices"),
      let kind = DeviceType.rdmaShared.selectors.first(where: { $0.key == "ifNames" })
    else { return nil }
    let compiled = SelectorDecoder(type: .rdmaShared).compile(kind, .list(names), at: path, node, log: &log)
    var selector = SelectorObject(path: path, stages: compiled.stage.map { [$0] } ?? [])
    selector.position = node.position
    return selector
  }
}
