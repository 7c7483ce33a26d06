import DRAFrontEnd
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
    let refused = refusals(of: config)
    return (refused.isEmpty ? config : nil, problems + refused)
  }

  /// What the API server would refuse of pools that DRA serves, and what the daemon lacks for them.
  private func refusals(of config: PluginConfig?) -> [ConfigProblem] {
    let pools = config.map { $0.pools + $0.sharedPools } ?? []
    guard let first = pools.first(where: { $0.serve == .dra }) else { return [] }
    if case .named = files.defaults.node { return DRALimits.problems(of: pools) }
    return [
      ConfigProblem(
        .error, file: first.file, path: first.path.key("serve"),
        reason: "slices need the node's name: set the environment variable NODE_NAME, or use devicePlugin",
        line: first.position?.line, column: first.position?.column)
    ]
  }

  /// Contents decide, not events: one write can make several, and an edit behind a link makes none.
  var hasChanged: Bool { files.contents() != contents }
}
