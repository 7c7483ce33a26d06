import ResourcePools

/// Configuration files that are read again when they have changed.
struct FollowedConfiguration {
  let files: ConfigurationFiles
  /// What was decoded last, usable or not: a file that is replaced a moment after it was read has changed.
  private var contents: [ConfigurationFiles.Content] = []

  init(_ files: ConfigurationFiles) { self.files = files }

  mutating func read() -> (config: PluginConfig?, problems: [ConfigProblem]) {
    contents = files.contents()
    return files.decode(contents)
  }

  /// Contents decide, not events: one write can make several, and an edit behind a link makes none.
  var hasChanged: Bool { files.contents() != contents }
}
