import ConfigMapText
import JSONText

extension FuzzTarget {
  /// A ConfigMap's YAML: configurations in it, and the places in the file that places in them map to.
  static let manifest = FuzzTarget("manifest") { bytes in
    guard let configs = try? EmbeddedConfig.all(in: bytes) else { return }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
    for config in configs {
      try Finding.unless(config.name != "", "a configuration with an empty name")
      var position = JSONPosition(line: 1, column: 1)
      for byte in config.bytes.prefix(2000) {
        let place = config.map.place(of: position)
        try Finding.unless(
          place.column >= 1 && (1...lines).contains(place.line), "\(position) maps to \(place) of \(lines) lines")
        position =
          byte == UInt8(ascii: "\n")
          ? JSONPosition(line: position.line + 1, column: 1)
          : JSONPosition(line: position.line, column: position.column + 1)
      }
    }
  }
}
