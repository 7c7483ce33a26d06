import CVersion

/// The version of this program.
public enum Version {
  /// The version without a `v`; the image's tag, the chart and the metrics use it.
  public static let number = "0.2.0"

  /// The output of `devicepool version`, with commit and day where the build knows them, as one that `make` makes in a git
  /// checkout does.
  public static var line: String {
    line(commit: String(cString: cversion_commit()), date: String(cString: cversion_date()))
  }

  static func line(commit: String, date: String) -> String {
    "devicepool version:\(number)" + (commit.isEmpty ? "" : " commit:\(commit) date:\(date)")
  }
}
