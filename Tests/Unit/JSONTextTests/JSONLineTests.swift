import JSONText
import Testing

@Suite("A line of JSON is written as its tree would be")
struct JSONLineTests {
  private static let words = ["", "a", "0000:3b:02.0", "a<b>&\"c\"\\", "é\u{2028}\n", "\u{1}"]

  @Test func fieldsInTheirOrder() {
    let text = JSONLine.text(escaping: .go) { line in
      line.field("b", "1")
      line.field("a") { line in
        line.field("z") { _ in }
        line.field("y", "2")
      }
      line.field("c", "3")
    }
    #expect(text == #"{"b":"1","a":{"z":{},"y":"2"},"c":"3"}"#)
    #expect(JSONLine.text(escaping: .go) { _ in } == "{}")
  }

  @Test(arguments: [JSONEscaping.go, .minimal]) func anyText(_ escaping: JSONEscaping) {
    for key in Self.words {
      for value in Self.words {
        let tree = JSONValue.object([
          .init(key, .string(value)), .init("in", .object([.init(value, .string(key))])),
        ])
        let line = JSONLine.text(escaping: escaping) { line in
          line.field(key, value)
          line.field("in") { $0.field(value, key) }
        }
        #expect(line == tree.text(escaping: escaping))
      }
    }
  }
}
