import CVersion

/// What `devicepool version` and the build's metrics say.
public enum Version {
  public static let number = "0.2.0"

  /// With commit and day where the build knows them, as one that `make` makes in a git checkout does.
  public static var line: String {
    line(commit: String(cString: cversion_commit()), date: String(cString: cversion_date()))
  }

  static func line(commit: String, date: String) -> String {
    "devicepool version:\(number)" + (commit.isEmpty ? "" : " commit:\(commit) date:\(date)")
  }
}
