import JSONText
import ResourcePools
import Testing

extension ConfigDefaults {
  static let forTests = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any)
}

/// What became of a configuration text.
struct Decoded {
  let config: PluginConfig?
  let problems: [ConfigProblem]

  init(_ text: String, file: String = "config.json", defaults: ConfigDefaults = .forTests) {
    (config, problems) = PluginConfig.decode(Array(text.utf8), file: file, defaults: defaults)
  }

  /// One pool in `resourceList`, of these members.
  init(pool: String, defaults: ConfigDefaults = .forTests) {
    self.init(#"{"resourceList":[{\#(pool)}]}"#, defaults: defaults)
  }

  /// One pool `a` with these selectors.
  init(selectors: String, type: String = "netDevice") {
    self.init(pool: #""resourceName":"a","deviceType":"\#(type)","selectors":\#(selectors)"#)
  }

  var errors: [String] { texts(.error) }
  var warnings: [String] { texts(.warning) }

  private func texts(_ severity: ConfigProblem.Severity) -> [String] {
    problems.filter { $0.severity == severity }.map { "\($0.path): \($0.reason)" }
  }

  /// The paths of the errors.
  var wrong: [String] { problems.filter { $0.severity == .error }.map(\.path.description) }
}
