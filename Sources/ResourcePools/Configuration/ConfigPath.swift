/// Where in a configuration file something stands, as an operator would write it:
/// `resourceList[2].selectors[0].pfNames[1]`.
public struct ConfigPath: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public static let root = ConfigPath(description: "")

  private init(description: String) { self.description = description }

  public func key(_ name: String) -> ConfigPath {
    ConfigPath(description: description.isEmpty ? name : "\(description).\(name)")
  }

  public subscript(index: Int) -> ConfigPath { ConfigPath(description: "\(description)[\(index)]") }
}
