import Foundation

/// Files of `Tests/Fixtures`.
public enum Fixture {
  public static func text(_ path: String) throws -> String {
    try Repository.text("Tests/Fixtures/\(path)")
  }
}
