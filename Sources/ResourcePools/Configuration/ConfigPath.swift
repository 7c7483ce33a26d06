import JSONText

/// Where in a configuration file something stands, as an operator would write it:
/// `resourceList[2].selectors[0].pfNames[1]`.
public struct ConfigPath: Sendable, Hashable, CustomStringConvertible {
  /// The last step and what leads to it: put into words only when there is something to say.
  private indirect enum Step: Sendable, Hashable {
    case key(String, of: Step?)
    case index(Int, of: Step?)
    case quoted(String, of: Step?)

    var description: String {
      switch self {
      case .key(let name, nil): name
      case .key(let name, let parent?): "\(parent.description).\(name)"
      case .index(let index, let parent): "\(parent?.description ?? "")[\(index)]"
      case .quoted(let name, let parent):
        "\(parent?.description ?? "")[\(JSONValue.string(name).text(escaping: .minimal))]"
      }
    }
  }

  private let step: Step?

  public static let root = ConfigPath(step: nil)

  private init(step: Step?) { self.step = step }

  public var description: String { step?.description ?? "" }

  public func key(_ name: String) -> ConfigPath { ConfigPath(step: .key(name, of: step)) }

  public subscript(index: Int) -> ConfigPath { ConfigPath(step: .index(index, of: step)) }

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
    return ConfigPath(step: .quoted(cut, of: step))
  }
}
