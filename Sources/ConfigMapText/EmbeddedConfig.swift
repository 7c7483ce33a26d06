import JSONText

/// A configuration inside a file: the file itself, or what a ConfigMap has under one key.
public struct EmbeddedConfig: Sendable {
  /// `sriovdp-config/config.json`; nil: the file itself.
  public let name: String?
  public let bytes: [UInt8]
  /// From places in `bytes` to places in the file.
  public let map: SourceMap

  /// The configurations of a file: itself if it is JSON, else those in the ConfigMaps of a YAML or JSON manifest.
  ///
  /// A key of `data` holds one when it ends in `.json`, as in the plugins' own ConfigMaps, or when its text begins
  /// with `{`, as in the SR-IOV network operator's, whose keys are node names. Other objects of the manifest are left
  /// alone. Broken JSON is returned as it is: whoever decodes it says what is wrong.
  public static func all(in file: [UInt8]) throws(ConfigMapError) -> [EmbeddedConfig] {
    if isConfiguration(file) {
      return [EmbeddedConfig(name: nil, bytes: file, map: SourceMap(text: file, offsets: nil, file: file))]
    }
    var maps: [YAMLNode] = []
    for document in try YAMLReader(file).documents() { collectConfigMaps(document, into: &maps, depth: 0) }
    guard let first = maps.first else { throw .noConfigMap }
    let configs = maps.flatMap { configurations(of: $0, in: file) }
    guard !configs.isEmpty else { throw .noConfiguration(configMap: name(of: first)) }
    return configs
  }

  /// JSON, valid or not, but no manifest in JSON.
  private static func isConfiguration(_ file: [UInt8]) -> Bool {
    switch file.first(where: { !isBlank($0) }) {
    case nil, UInt8(ascii: "["): return true
    // A byte order mark: YAML allows it, and a configuration with one must be told so.
    case 0xEF: return file.dropFirst(3).first { !isBlank($0) } == UInt8(ascii: "{")
    case UInt8(ascii: "{"):
      let root = try? JSONNode.parse(file)
      return root.map { $0["kind"]?.string == nil || $0["apiVersion"]?.string == nil } ?? true
    default: return false
    }
  }

  private static func collectConfigMaps(_ node: YAMLNode, into maps: inout [YAMLNode], depth: Int) {
    switch node["kind"]?.text {
    case "ConfigMap"?: maps.append(node)
    case "List"?, "ConfigMapList"?:
      guard depth < 4, case .sequence(let items)? = node["items"] else { return }
      // Items of a typed list need not say what they are.
      let isTyped = node["kind"]?.text == "ConfigMapList"
      for item in items {
        if isTyped { maps.append(item) } else { collectConfigMaps(item, into: &maps, depth: depth + 1) }
      }
    default: break
    }
  }

  private static func name(of map: YAMLNode) -> String { map["metadata"]?["name"]?.text ?? "without a name" }

  private static func configurations(of map: YAMLNode, in file: [UInt8]) -> [EmbeddedConfig] {
    guard case .mapping(let data)? = map["data"] else { return [] }
    return data.compactMap { key, value in
      guard case .scalar(let scalar) = value else { return nil }
      let begin = scalar.bytes.first { !isBlank($0) }
      guard key.hasSuffix(".json") || begin == UInt8(ascii: "{") else { return nil }
      let offsets = ScalarOffsets.of(scalar, in: file)
      return EmbeddedConfig(
        name: "\(name(of: map))/\(key)", bytes: scalar.bytes,
        map: SourceMap(text: scalar.bytes, offsets: offsets, file: file))
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }
}
