import JSONText

/// Reads one entry of `resourceList`.
struct PoolDecoder {
  let defaults: ConfigDefaults
  let path: ConfigPath
  /// The pool's name, when it is known to be valid.
  private(set) var named: NamedPool?

  /// Nil when the entry can't be a pool; errors are in `log`.
  mutating func decode(_ node: JSONNode, log: inout ProblemLog) -> PoolConfig? {
    guard
      let object = ConfigObject(
        node, at: path, keys: .of(.resourcePool), log: &log,
        hint: { KeyPlacement.hint(for: $0, in: .resourcePool) })
    else { return nil }
    let type = readType(object, log: &log)
    let name = nameReader(for: type).read(object, log: &log)
    checkOperatorKey(object, log: &log)
    let nodeNames = readNodeNames(object, log: &log)
    if let name {
      named = NamedPool(
        file: log.file, path: path, name: name, position: object.position(of: "resourceName"),
        nodes: NodeGlobs(nodeNames), variables: type?.environment(name, [], AttachmentInfo()).keys.sorted() ?? [])
    }
    let selectors = type.flatMap { readSelectors(object, of: $0, log: &log) }
    var pool = PoolConfig(
      path: path, name: name ?? ResourceName(prefix: "", name: ""), type: type ?? .netDevice,
      selectors: selectors ?? [])
    pool.file = log.file
    pool.position = object.position
    pool.nodeNames = nodeNames
    readOptions(object, into: &pool, log: &log)
    guard let type, name != nil, selectors != nil else { return nil }
    warnOfKeysWithoutEffect(object, on: type, log: &log)
    checkSharing(of: pool, object, log: &log)
    return pool
  }

  private func readType(_ object: ConfigObject, log: inout ProblemLog) -> DeviceType? {
    let text = object.text("deviceType", log: &log) ?? ""
    let name = text.isEmpty ? DeviceTypeCatalog.standard.name : text
    if let type = DeviceTypeCatalog.claimed.first(where: { $0.name == name }) { return type }
    let expected = DeviceTypeCatalog.claimed.map(\.name).alternatives
    log.error(
      path.key("deviceType"), at: object.position(of: "deviceType"), "found \(name.quoted), expected \(expected)")
    return nil
  }

  private func nameReader(for type: DeviceType?) -> PoolNameReader {
    PoolNameReader(
      defaults: defaults, characters: .lettersDigitsUnderscoreHyphen, standardName: type?.standardResource?.name,
      standardPrefix: type?.standardResource.map { ($0.prefix, "the prefix of such pools") }
        ?? (defaults.resourcePrefix, "-resource-prefix"))
  }

  /// `SelectorObjs` is a list in the SR-IOV network device plugin, which refuses the whole file for any other value.
  private func checkOperatorKey(_ object: ConfigObject, log: inout ProblemLog) {
    for node in object.nodes("SelectorObjs") where node.array == nil {
      log.wrongType(path.key("SelectorObjs"), node, expected: "null or a list")
    }
  }

  private func readNodeNames(_ object: ConfigObject, log: inout ProblemLog) -> [String] {
    let names = object.texts("nodeNames", log: &log) ?? []
    if !names.isEmpty, defaults.node == .unnamed {
      log.error(
        path.key("nodeNames"), at: object.position(of: "nodeNames"),
        "this node's name is not known: expected it in the environment variable NODE_NAME")
    }
    return names
  }

  private func readSelectors(_ object: ConfigObject, of type: DeviceType, log: inout ProblemLog) -> [SelectorObject]? {
    let path = path.key("selectors")
    let decoder = SelectorDecoder(type: type)
    guard let node = object.node("selectors") else {
      // Pools of a type with its own resource name take all devices of the type.
      if type.standardResource != nil {
        return decoder.decode(.init(value: .object([]), position: object.position), at: path, log: &log).map { [$0] }
      }
      log.error(path, at: object.position(of: "selectors"), "missing: expected selectors; {} selects every device")
      return nil
    }
    switch node.value {
    case .object:
      return decoder.decode(node, at: path, log: &log).map { [$0] }
    case .array(let items):
      guard !items.isEmpty else {
        log.error(path, at: node.position, "found an empty list, expected at least one object; {} selects every device")
        return nil
      }
      let objects = items.enumerated().map { decoder.decode($1, at: path[$0], log: &log) }
      return objects.contains { $0 == nil } ? nil : objects.compactMap { $0 }
    default:
      log.wrongType(path, node, expected: "an object or a list of objects")
      return nil
    }
  }

  private func warnOfKeysWithoutEffect(_ object: ConfigObject, on type: DeviceType, log: inout ProblemLog) {
    for key in ConfigReference.resourcePool where !key.deviceTypes.isEmpty && !key.deviceTypes.contains(type.name) {
      guard object.node(key.name) != nil else { continue }
      log.warning(
        path.key(key.name), at: object.position(of: key.name),
        "without effect on \(type.name) pools: it is for \(key.deviceTypes.alternatives)")
    }
  }

  private func checkSharing(of pool: PoolConfig, _ object: ConfigObject, log: inout ProblemLog) {
    guard pool.replicas > 1 else { return }
    let path = path.key("replicas")
    let position = object.position(of: "replicas")
    if pool.resetOnAllocate {
      log.error(path, at: position, "with resetOnAllocate, a container would reset the device of another: expected 1")
    }
    if pool.type.registration == .preStart {
      log.error(path, at: position, "a device that moves into a pod's network namespace has no replicas: expected 1")
    }
    if pool.type.writesDeviceInfo {
      log.warning(
        path, at: position, "with replicas, device ids are not PCI addresses: SR-IOV CNI finds no device")
    }
  }
}
