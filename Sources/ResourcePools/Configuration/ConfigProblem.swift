/// Something in a configuration file that is wrong, or probably not intended.
public struct ConfigProblem: Error, Sendable, Equatable {
  /// Whether the file can still be used.
  public enum Severity: String, Sendable {
    /// The file can't be used.
    case error
    /// The file is used as it is; the SR-IOV network device plugin would accept it without a message.
    case warning
  }
  /// Whether the file can still be used.
  public let severity: Severity
  /// The file's name, as it was given.
  public var file: String
  /// The place of the value.
  public let path: ConfigPath
  /// What was found and what was expected, in lower case and without a full stop.
  public let reason: String
  /// The line of the value, from 1; nil when the file is not JSON or the key is missing.
  public var line: Int?
  /// The column in bytes, from 1; nil when `line` is.
  public var column: Int?
  /// Whether the value can still match devices although there is a warning about it.
  var leavesMatches = false

  /// Creates a problem; its place in the file may be added later.
  public init(
    _ severity: Severity, file: String = "", path: ConfigPath, reason: String, line: Int? = nil, column: Int? = nil
  ) {
    self.severity = severity
    self.file = file
    self.path = path
    self.reason = reason
    self.line = line
    self.column = column
  }
}

extension ConfigProblem: CustomStringConvertible {
  /// As compilers say it: `config.json:3:14: error: resourceList[0].deviceType: found …`.
  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    let parts = [place, severity.rawValue, path.description, reason]
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
