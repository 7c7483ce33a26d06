/// What the helper waits for, as `-check` prints it.
struct HelperState: Equatable {
  /// Why the daemon is away; nil while it is connected.
  var absence: String? = "not connected yet"
  /// Why the API server does not have the slices; nil when it has them.
  private var problem: String?
  private var hasPublished = false

  /// Notes whether the API server has the slices, or why not.
  mutating func note(_ problem: String?) {
    self.problem = problem
    if problem == nil { hasPublished = true }
  }

  /// Whether a rollout may go on to the next node. A helper that has never published lacks rights or a server, as that of
  /// the next node would. Later an API server that is away must not make all nodes unready.
  ///
  /// The daemon does not count: a new one lets its helper in when the old one has ended.
  var isReady: Bool { hasPublished || problem == nil }

  /// One line.
  var text: String {
    let prefix = isReady ? Self.ready : Self.unready
    if let problem { return "\(prefix): slices are not published: \(Self.line(problem))" }
    if let absence { return "\(prefix): the daemon is away: \(Self.line(absence))" }
    return prefix
  }

  /// The start of a text from another program, without line breaks.
  private static func line(_ text: String) -> String { String(text.prefix(1000).map { $0.isNewline ? " " : $0 }) }

  private static let ready = "ok"
  private static let unready = "not ready"

  /// Whether a line says that the helper is ready.
  static func isReady(_ text: String) -> Bool { text.hasPrefix(ready) }
}
