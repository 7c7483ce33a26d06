import JSONText
import ResourcePools

/// Configuration files that are read again when they have changed.
struct FollowedConfiguration {
  let files: ConfigurationFiles
  /// What was decoded last, usable or not: a file that is replaced a moment after it was read has changed.
  private var contents: [ConfigurationFiles.Content] = []

  init(_ files: ConfigurationFiles) { self.files = files }

  mutating func read() -> (config: PluginConfig?, problems: [ConfigProblem]) {
    contents = files.contents()
    let (config, problems) = files.decode(contents)
    let unserved = (config.map { $0.pools + $0.sharedPools } ?? []).filter { $0.serve == .dra }.map(Self.refusal)
    return (unserved.isEmpty ? config : nil, problems + unserved)
  }

  /// A pool without a front end must not look like one without devices.
  private static func refusal(of pool: PoolConfig) -> ConfigProblem {
    ConfigProblem(
      .error, file: pool.file, path: pool.path.key("serve"),
      reason: "the daemon does not serve pools by DRA yet: expected devicePlugin, or no key",
      line: pool.position?.line, column: pool.position?.column)
  }

  /// Contents decide, not events: one write can make several, and an edit behind a link makes none.
  var hasChanged: Bool { files.contents() != contents }
}
