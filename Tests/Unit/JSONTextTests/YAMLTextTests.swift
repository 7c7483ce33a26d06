import JSONText
import Testing

@Suite("YAML") struct YAMLTextTests {
  @Test func blocks() {
    let value: JSONValue = [
      "kind": "List", "empty": [], "none": .object([]), "count": 3, "flag": true,
      "items": [["name": "a/b.c", "ids": [1, 2]], "x", [["deep": nil]]],
    ]
    #expect(
      value.yamlText == """
        kind: List
        empty: []
        none: {}
        count: 3
        flag: true
        items:
        - name: a/b.c
          ids:
          - 1
          - 2
        - x
        - - deep: null

        """)
  }

  @Test(arguments: [
    ("yes", #""yes""#), ("0000:3b:02.0", #""0000:3b:02.0""#), ("64", #""64""#), ("a: b", #""a: b""#), ("", #""""#),
    ("é", #""é""#), ("a-", #""a-""#), ("Null", #""Null""#), ("intel.com/net_1", "intel.com/net_1"),
    ("line\nbreak", #""line\nbreak""#),
  ])
  func strings(_ text: String, _ scalar: String) { #expect(JSONValue.string(text).yamlText == scalar + "\n") }
}
