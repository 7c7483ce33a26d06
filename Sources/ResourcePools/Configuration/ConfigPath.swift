import JSONText

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

  /// A key that anybody may have written: in quotes, escaped and cut when it is no plain word, `info["0000:3b:02.0"]`.
  public func member(_ name: String) -> ConfigPath {
    let isPlain =
      !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
    guard !isPlain else { return key(name) }
    let cut = String(name.unicodeScalars.prefix(64).map { Character($0) })
    return ConfigPath(description: "\(description)[\(JSONValue.string(cut).text(escaping: .minimal))]")
  }
}
