/// Something in a configuration file that is wrong, or probably not meant so.
public struct ConfigProblem: Error, Sendable, Equatable {
  /// Whether the file can still be used.
  public enum Severity: String, Sendable {
    /// The file can't be used.
    case error
    /// The file is used as it is; the SR-IOV plugin takes it silently.
    case warning
  }
  public let severity: Severity
  /// `config.json`, or whatever name the file was given by.
  public var file: String
  public let path: ConfigPath
  /// What was found and what was expected: lower case, no full stop.
  public let reason: String
  /// Line and column of the value, both from 1; nil when the file is not JSON or the key is missing.
  public var line: Int?
  public var column: Int?
  /// It is a warning about a value that can still match devices.
  var leavesMatches = false

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
