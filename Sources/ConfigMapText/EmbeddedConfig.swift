import JSONText

/// A configuration inside a file: the file itself, or a text in a manifest.
public struct EmbeddedConfig: Sendable {
  /// Such as `sriovdp-config/config.json`; nil means the file itself.
  public let name: String?
  /// The key that holds it (a node's name in the SR-IOV network operator's ConfigMap); nil means the file itself.
  public let key: String?
  public let bytes: [UInt8]
  /// Maps positions in `bytes` to positions in the file.
  public let map: SourceMap

  /// The text under its key is empty, as a generator leaves it for a node without pools.
  public var isBlank: Bool { bytes.allSatisfy(ConfigText.isBlank) }

  /// The configurations of a file: itself if it is JSON, else those in the objects of a YAML or JSON manifest.
  ///
  /// They are looked for in the data of ConfigMaps and in every text of other objects, such as a NicClusterPolicy's
  /// `spec.sriovDevicePlugin.config`. Texts that are something else, such as a dashboard, are left alone. Broken JSON
  /// that may have been meant as a configuration is returned as it is, and its decoder reports the mistake.
  public static func all(in file: [UInt8]) throws(ConfigMapError) -> [EmbeddedConfig] {
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
