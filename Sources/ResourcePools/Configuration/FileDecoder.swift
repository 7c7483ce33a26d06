import JSONText

/// Reads one configuration file: its top level, and each pool by the pool's kind.
struct FileDecoder {
  let defaults: ConfigDefaults
  var log: ProblemLog
  private(set) var pools: [PoolConfig] = []
  private(set) var sharedPools: [PoolConfig] = []
  private(set) var poolsElsewhere: [PoolConfig] = []
  private(set) var periodicUpdateInterval: Int?
  /// Names of the pools that apply here, including those with errors.
  private(set) var named: [NamedPool] = []

  init(defaults: ConfigDefaults, log: ProblemLog) {
    self.defaults = defaults
    self.log = log
  }

  mutating func decode(_ bytes: [UInt8]) {
    do throws(JSONSyntaxError) {
      let root = try JSONNode.parse(bytes)
      // Go and the SR-IOV network device plugin take null for an object without keys.
      let isEmpty = root.isNull
      let node = isEmpty ? JSONNode(value: .object([]), position: root.position) : root
      let hint = { KeyPlacement.hint(for: $0, in: .file) }
      guard let object = ConfigObject(node, at: .root, keys: .of(.file), log: &log, hint: hint) else { return }
      decode(object)
    } catch {
      let isBlank = bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
      let advice = isBlank ? #"; the file is empty: for a node without pools write {"resourceList": []}"# : ""
      log.error(.root, at: error.position, "no JSON: \(error.reason)\(advice)")
    }
  }

  private mutating func decode(_ object: ConfigObject) {
    let resources = entries("resourceList", of: object)
    let shared = entries("configList", of: object)
    // Generators write an empty list for a node that has nothing to offer. A file without either key may be the same,
    // or another program's file.
    if !object.has("resourceList"), !object.has("configList") {
      log.warning(
        object.path.key("resourceList"), at: object.position,
        "the file has no pool: found neither resourceList nor configList; "
          + #"for a node without pools write {"resourceList": []}"#)
    }
    periodicUpdateInterval = interval(of: object)
    for (index, node) in (resources ?? []).enumerated() {
      var decoder = PoolDecoder(defaults: defaults, path: object.path.key("resourceList")[index])
      let pool = decoder.decode(node, log: &log)
      add(decoder.named)
      guard var pool else { continue }
      pool.entry = node.jsonValue
      if applies(pool) { pools.append(pool) }
    }
    for (index, node) in (shared ?? []).enumerated() {
      var decoder = SharedPoolDecoder(defaults: defaults, path: object.path.key("configList")[index])
      if var pool = decoder.decode(node, log: &log) {
        pool.entry = node.jsonValue
        sharedPools.append(pool)
      }
      add(decoder.named)
    }
  }

  private mutating func entries(_ key: String, of object: ConfigObject) -> [JSONNode]? {
    for node in object.nodes(key) where node.array == nil {
      log.wrongType(object.path.key(key), node, expected: "a list of pools")
    }
    return object.node(key)?.array
  }

  private mutating func interval(of object: ConfigObject) -> Int? {
    let key = "periodicUpdateInterval"
    let seconds = object.integer(key, of: .file, log: &log)
    if seconds == 0, object.node("configList") != nil {
      log.warning(
        object.path.key(key), at: object.position(of: key),
        "0: the devices of configList are looked at only when the kernel reports a change")
    }
    return seconds
  }

  private mutating func add(_ pool: NamedPool?) {
    guard let pool, pool.nodes.apply(on: defaults.node) else { return }
    named.append(pool)
  }

  private mutating func applies(_ pool: PoolConfig) -> Bool {
    if NodeGlobs(pool.nodeNames).apply(on: defaults.node) { return true }
    poolsElsewhere.append(pool)
    return false
  }
}
