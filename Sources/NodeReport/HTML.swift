/// A piece of a page. Text from hosts and files is escaped; only this type makes markup.
struct HTML: Sendable {
  typealias Attributes = KeyValuePairs<StaticString, String>

  private(set) var text: String

  private init(markup: String) { text = markup }

  static let empty = HTML(markup: "")

  /// What a browser shows as `text`.
  static func words(_ text: String) -> HTML { HTML(markup: escaped(text)) }

  /// Contents of `style` and `script`, which browsers take as they are: never with text from a host.
  static func verbatim(_ text: StaticString) -> HTML { HTML(markup: "\(text)") }

  /// An element with its attributes in this order.
  static func element(_ name: StaticString, _ attributes: Attributes = [:], _ contents: HTML...) -> HTML {
    let pairs = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    return HTML(markup: "<\(name)\(pairs)>" + contents.map(\.text).joined() + "</\(name)>")
  }

  /// An element that has no contents and no end.
  static func void(_ name: StaticString, _ attributes: Attributes) -> HTML {
    HTML(markup: "<\(name)" + attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined() + ">")
  }

  static func list(_ parts: some Sequence<HTML>, separator: String = "") -> HTML {
    HTML(markup: parts.map(\.text).joined(separator: separator))
  }

  static func page(_ head: HTML, _ body: HTML) -> String {
    "<!doctype html>\n<html lang=\"en\">\n<head>\n\(head.text)\n</head>\n<body>\n\(body.text)\n</body>\n</html>"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      // Browsers refuse or replace control characters, which are not readable text.
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
