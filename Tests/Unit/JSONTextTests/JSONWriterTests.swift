import JSONText
import TestSupport
import Testing

@Suite("JSON is written as Go writes it")
struct JSONWriterTests {
  @Test func goEscapes() {
    let text = JSONValue.string("a<b>&c\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é😀\u{2028}\u{2029}").text()
    #expect(
      text == #""a\u003cb\u003e\u0026c\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7F}é😀" + #"\u2028\u2029""#)
  }

  @Test func minimalLeavesMarkupAlone() {
    #expect(JSONValue.string("<&>\u{2028}").text(escaping: .minimal) == "\"<&>\u{2028}\"")
  }

  @Test func compactKeepsTheGivenOrder() {
    let value: JSONValue = ["type": "pci", "list": [1, -2, true, nil, [], [:]], "a": ["b": "c"]]
    #expect(value.text() == #"{"type":"pci","list":[1,-2,true,null,[],{}],"a":{"b":"c"}}"#)
    #expect(value.text(keys: .sorted) == #"{"a":{"b":"c"},"list":[1,-2,true,null,[],{}],"type":"pci"}"#)
  }

  @Test func sortedIsByBytes() {
    let value = JSONValue.sorted(["é": 1, "a": 2, "Z": 3, "ab": 4, "e\u{301}x": 5])
    #expect(value.text() == "{\"Z\":3,\"a\":2,\"ab\":4,\"e\u{301}x\":5,\"é\":1}")
  }

  @Test func prettyIsSortedAndIndented() {
    let value: JSONValue = ["b": [1, ["c": "<"]], "a": [], "o": [:]]
    #expect(
      value.prettyText() == """
        {
          "a": [],
          "b": [
            1,
            {
              "c": "<"
            }
          ],
          "o": {}
        }

        """)
    #expect(value.prettyText(keys: .given).hasPrefix("{\n  \"b\": ["))
  }

  @Test(arguments: 0..<32)
  func whatIsWrittenIsReadBack(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let text = String(
      String.UnicodeScalarView(
        (0..<40).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2100, using: &random)) }))
    for escaping in [JSONEscaping.go, .minimal] {
      let written = JSONValue.string(text).text(escaping: escaping)
      let read = try JSONNode.parse(Array(written.utf8)).string
      #expect(read.map { Array($0.utf8) } == Array(text.utf8))
    }
  }
}
