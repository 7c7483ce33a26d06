import JSONText

/// Reads one selector object and compiles it for a device type.
struct SelectorDecoder {
  let type: DeviceType

  /// Nil when anything in it is wrong; errors are in `log`.
  func decode(_ node: JSONNode, at path: ConfigPath, log: inout ProblemLog) -> SelectorObject? {
    let errorsAtStart = log.errorCount
    guard
      let object = ConfigObject(
        node, at: path, keys: .selectors(of: type), log: &log,
        hint: { KeyPlacement.hint(for: $0, inSelectorsOf: type) })
    else { return nil }
    var values: [String: SelectorKind.Value] = [:]
    var stages: [Selector] = []
    var deadKey: String?
    for kind in type.selectors {
      let errorsBefore = log.errorCount
      guard let value = read(kind, object, log: &log) else { continue }
      if log.errorCount == errorsBefore { values[kind.key] = value }
      let compiled = compile(
        kind, value, at: object.path.key(kind.key), object.node(kind.key) ?? node, log: &log)
      if let stage = compiled.stage { stages.append(stage) }
      if compiled.matchesNothing { deadKey = deadKey ?? kind.key }
    }
    check(values, object, log: &log)
    if let deadKey {
      log.warning(path, at: object.position, "selects no device: no value of \(deadKey) can match")
    }
    guard log.errorCount == errorsAtStart else { return nil }
    var selector = SelectorObject(path: path, stages: stages, values: values)
    selector.position = object.position
    return selector
  }

  private func read(_ kind: SelectorKind, _ object: ConfigObject, log: inout ProblemLog) -> SelectorKind.Value? {
    let errorsBefore = log.errorCount
    let value: SelectorKind.Value? =
      switch kind.shape {
      case .list: object.texts(kind.key, log: &log).flatMap { $0.isEmpty ? nil : .list($0) }
      case .text: object.text(kind.key, log: &log).flatMap { $0.isEmpty ? nil : .text($0) }
      case .flag: object.flag(kind.key, log: &log).map { .flag($0) }
      }
    if value == nil, kind.presence == .required, log.errorCount == errorsBefore {
      log.error(
        object.path.key(kind.key), at: object.position(of: kind.key),
        "missing: \(type.name) pools need it in every selector object")
    }
    return value
  }

  /// The stage for a value, and whether its values show that no device can pass it.
  func compile(
    _ kind: SelectorKind, _ value: SelectorKind.Value, at path: ConfigPath, _ node: JSONNode, log: inout ProblemLog
  ) -> (stage: Selector?, matchesNothing: Bool) {
    var notes: [ConfigProblem] = []
    var stage: Selector?
    do throws(ConfigProblem) {
      stage = try kind.compile(value, path) { notes.append($0) }
    } catch {
      notes.append(error)
    }
    guard !notes.isEmpty else { return (stage, false) }
    let items = node.array ?? []
    // An item of another type already has its error.
    let told = items.enumerated().filter { $1.string != nil || $1.isNull }
    let places = Dictionary(told.map { (path[$0], $1.position) }, uniquingKeysWith: { first, _ in first })
    for note in notes {
      if let position = note.path == path ? node.position : places[note.path] { log.add(note, at: position) }
    }
    // A note on a value means that it matches nothing, or nothing new, unless it says otherwise.
    let doubtful = Set(notes.filter { $0.severity == .warning && !$0.leavesMatches }.map(\.path))
    let matchesNothing =
      stage != nil && !items.isEmpty && places.count == items.count && doubtful.isSuperset(of: places.keys)
    return (stage, matchesNothing)
  }

  /// Checks that involve more than one key.
  private func check(_ values: [String: SelectorKind.Value], _ object: ConfigObject, log: inout ProblemLog) {
    if values["isRdma"] == .flag(true), values["vdpaType"] != nil {
      log.error(
        object.path.key("isRdma"), at: object.position(of: "isRdma"),
        "true together with \(object.path.key("vdpaType")): a device is handed out for RDMA or for vDPA, not both")
    }
    if values["isRdma"] == .flag(true), case .list(let drivers)? = values["drivers"],
      drivers.allSatisfy(DriverNames.isForUserSpace)
    {
      log.warning(
        object.path.key("isRdma"), at: object.position(of: "isRdma"),
        "selects no device together with drivers \(drivers.alternatives), below which there is no RDMA device"
      )
    }
    if case .list(let types)? = values["linkTypes"], values["pKeys"] != nil, !types.contains("infiniband") {
      log.warning(
        object.path.key("linkTypes"), at: object.position(of: "linkTypes"),
        "selects no device together with pKeys: only infiniband links have partition keys")
    }
  }
}
