import DRAFrontEnd
import JSONText
import ResourcePools

/// Configuration files that are read again when they have changed.
struct FollowedConfiguration {
  let files: ConfigurationFiles
  /// The contents that were decoded last, usable or not. They show whether a file was replaced right after it was read.
  private var contents: [ConfigurationFiles.Content] = []

  init(_ files: ConfigurationFiles) { self.files = files }

  mutating func read() -> (config: PluginConfig?, problems: [ConfigProblem]) {
    contents = files.contents()
    let (config, problems) = files.decode(contents)
    let refused = refusals(of: config)
    return (refused.isEmpty ? config : nil, problems + refused)
  }

  /// Problems that the API server would have with pools that DRA serves, and settings that the daemon lacks for them.
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

  /// Compares contents instead of counting events: one write can cause several, and an edit behind a link causes none.
  var hasChanged: Bool { files.contents() != contents }
}
