import JSONText

/// The place of a value in a configuration file, e.g. `resourceList[2].selectors[0].pfNames[1]`.
public struct ConfigPath: Sendable, Hashable, CustomStringConvertible {
  /// The last step and the steps before it; the text is built only for a message.
  private final class Step: Sendable {
    enum Name: Sendable {
      case key(String)
      case quoted(String)
      case index(Int)
    }
    let name: Name
    let parent: Step?

    init(_ name: Name, of parent: Step?) {
      self.name = name
      self.parent = parent
    }

    var description: String {
      let before = parent?.description ?? ""
      return switch name {
      case .key(let key): before.isEmpty ? key : "\(before).\(key)"
      case .quoted(let key): "\(before)[\(JSONValue.string(key).text(escaping: .minimal))]"
      case .index(let index): "\(before)[\(index)]"
      }
    }
  }

  private let step: Step?

  /// The path of the whole file, which is empty.
  public static let root = ConfigPath(step: nil)

  private init(step: Step?) { self.step = step }

  public var description: String { step?.description ?? "" }

  public static func == (a: ConfigPath, b: ConfigPath) -> Bool { a.step === b.step || a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }

  /// The path of a key of this object.
  public func key(_ name: String) -> ConfigPath { ConfigPath(step: Step(.key(name), of: step)) }

  /// The path of an element of this list.
  public subscript(index: Int) -> ConfigPath { ConfigPath(step: Step(.index(index), of: step)) }

  /// The path of a key that the file contains. The key is quoted, escaped and shortened unless it is a plain word, e.g.
  /// `info["0000:3b:02.0"]`.
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
    return ConfigPath(step: Step(.quoted(cut), of: step))
  }
}
