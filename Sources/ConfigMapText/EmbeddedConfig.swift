import JSONText

/// A configuration inside a file: the whole file, or a text in a manifest.
public struct EmbeddedConfig: Sendable {
  /// Where the text stands in the manifest, e.g. `sriovdp-config/config.json`; nil when the file itself is the
  /// configuration.
  public let name: String?
  /// The key of the text, which is a node's name in the SR-IOV network operator's ConfigMap; nil when the file itself
  /// is the configuration.
  public let key: String?
  /// The bytes of the configuration, usually JSON; not validated.
  public let bytes: [UInt8]
  /// Maps positions in `bytes` to positions in the file.
  public let map: SourceMap

  /// Whether the text is empty, white space or null. A generator writes that for a node without pools.
  public var isBlank: Bool { ConfigText.isNothing(bytes) }

  /// Finds the configurations of a file: the file itself if it is JSON, else those in the objects of a YAML or JSON
  /// manifest.
  ///
  /// It searches the data of ConfigMaps and every text of other objects, such as `spec.sriovDevicePlugin.config` of a
  /// NicClusterPolicy. Other texts, such as a dashboard, are ignored. Broken JSON that may be a configuration is
  /// returned unchanged; its decoder reports the mistake.
  ///
  /// - Throws: Why a manifest has no configuration.
  public static func all(in file: [UInt8]) throws(ConfigMapError) -> [EmbeddedConfig] {
    if ConfigText.isUTF16(file) {
      throw .unreadable(line: 1, column: 1, reason: "the text is UTF-16, expected UTF-8")
    }
    let itself = EmbeddedConfig(name: nil, key: nil, bytes: file, map: SourceMap(text: file, offsets: nil, file: file))
    switch ConfigText.form(ofFile: file) {
    case .configuration: return [itself]
    case .json:
      let found = (try? YAMLReader(file).documents()).map { ManifestSearch(of: $0).configurations } ?? []
      return found.isEmpty ? [itself] : found.map { EmbeddedConfig($0, in: file) }
    case .manifest:
      let search = ManifestSearch(of: try YAMLReader(file).documents())
      if let failure = search.failure { throw failure }
      return search.configurations.map { EmbeddedConfig($0, in: file) }
    }
  }

  private init(name: String?, key: String?, bytes: [UInt8], map: SourceMap) {
    self.name = name
    self.key = key
    self.bytes = bytes
    self.map = map
  }

  private init(_ text: ManifestSearch.Text, in file: [UInt8]) {
    let offsets = ScalarOffsets.of(text.scalar, in: file)
    self.init(
      name: text.name, key: text.key, bytes: text.scalar.bytes,
      map: SourceMap(text: text.scalar.bytes, offsets: offsets, file: file))
  }
}
