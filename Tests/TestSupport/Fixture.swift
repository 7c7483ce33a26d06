import Foundation

/// Files of `Tests/Fixtures`.
public enum Fixture {
  public static func text(_ path: String) throws -> String {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures")
    return try String(contentsOf: fixtures.appendingPathComponent(path), encoding: .utf8)
  }
}
