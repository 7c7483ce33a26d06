/// What `devicepool version` and the build's metrics say.
public enum Version {
  public static let number = "0.2.0"

  public static var line: String { "devicepool version:\(number)" }
}
