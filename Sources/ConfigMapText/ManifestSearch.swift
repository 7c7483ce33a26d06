/// Looks for configurations in the documents of a manifest.
struct ManifestSearch {
  /// A text that may be a configuration, and where it stands.
  struct Text {
    let name: String
    let key: String
    let scalar: YAMLScalar
    let kind: ConfigText
  }

  private var texts: [Text] = []
  private var firstConfigMap: String?
  private var isConfiguration = false

  init(of documents: [YAMLNode]) {
    for document in documents { look(at: document, depth: 0) }
  }

  /// In the manifest's order. Texts that may be configurations count only if no text certainly is one.
  var configurations: [Text] {
    let isSure = texts.contains { $0.kind == .configuration }
    return isSure ? texts.filter(isMeant) : texts
  }

  /// Why no configuration was found; nil when there is one.
  var failure: ConfigMapError? {
    if !configurations.isEmpty { return nil }
    if isConfiguration { return .configurationInYAML }
    return firstConfigMap.map { .noConfiguration(configMap: $0) } ?? .noConfigMap
  }

  /// It is a configuration, stands beside another node's, or is broken JSON under a configuration's usual name.
  private func isMeant(_ text: Text) -> Bool {
    text.kind == .configuration || (text.kind == .broken && text.key.hasSuffix(".json"))
      || texts.contains { $0.kind == .configuration && $0.object == text.object }
  }

  private mutating func look(at node: YAMLNode, depth: Int) {
    switch node["kind"]?.text {
    case "ConfigMap"?: lookInConfigMap(node)
    case let kind? where kind.hasSuffix("List"):
      guard depth < 4, case .sequence(let items)? = node["items"] else { return }
      for item in items {
        // Items of a typed list need not say what they are.
        if kind == "ConfigMapList" { lookInConfigMap(item) } else { look(at: item, depth: depth + 1) }
      }
    default:
      if case .mapping(let members) = node, ConfigText.hasPools(members.map(\.key)) { isConfiguration = true }
      lookInside(node, of: node["metadata"]?["name"]?.text, path: [])
    }
  }

  private mutating func lookInConfigMap(_ map: YAMLNode) {
    let name = map["metadata"]?["name"]?.text ?? "without a name"
    firstConfigMap = firstConfigMap ?? name
    guard case .mapping(let data)? = map["data"] else { return }
    var found: [Text] = []
    for (key, value) in data {
      guard case .scalar(let scalar) = value else { continue }
      found.append(Text(name: "\(name)/\(key)", key: key, scalar: scalar, kind: ConfigText(scalar.bytes, key: key)))
    }
    // An empty text is a node without pools only among those of other nodes. A node's key is no file's name.
    let hasOther = found.contains { $0.kind == .other }
    let hasNode = found.contains { $0.kind == .configuration && !$0.key.hasSuffix(".json") }
    texts += found.filter { $0.kind != .other && !($0.kind == .blank && hasOther && !hasNode) }
  }

  /// A policy, or the values of a chart: only texts that certainly are configurations count.
  private mutating func lookInside(_ node: YAMLNode, of object: String?, path: [String]) {
    switch node {
    case .mapping(let members):
      // The last applied manifest stands there once more.
      for (key, value) in members where key != "metadata" { lookInside(value, of: object, path: path + [key]) }
    case .sequence(let items):
      for (index, item) in items.enumerated() { lookInside(item, of: object, path: path + [String(index)]) }
    case .scalar(let scalar):
      let key = path.last ?? ""
      guard ConfigText(scalar.bytes, key: key) == .configuration else { return }
      let place = path.joined(separator: ".")
      texts.append(
        Text(name: object.map { "\($0)/\(place)" } ?? place, key: key, scalar: scalar, kind: .configuration))
    case .alias: break
    }
  }
}

extension ManifestSearch.Text {
  /// The object's name.
  fileprivate var object: Substring { name.dropLast(key.count + 1) }
}
