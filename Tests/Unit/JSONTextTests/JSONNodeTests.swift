import JSONText
import TestSupport
import Testing

@Suite("JSON text is read as strictly as Go does")
struct JSONNodeTests {
  private func parse(_ text: String) throws -> JSONNode { try JSONNode.parse(Array(text.utf8)) }

  private func fault(_ bytes: [UInt8]) -> JSONSyntaxError? {
    do throws(JSONSyntaxError) {
      _ = try JSONNode.parse(bytes)
      return nil
    } catch { return error }
  }

  @Test func membersKeepOrderAndPositions() throws {
    let node = try parse("{\n  \"b\": [1, true],\n  \"a\": null, \"b\": \"x\"\n}")
    let members = try #require(node.members)
    #expect(members.map(\.key) == ["b", "a", "b"])
    #expect(members[0].position == JSONPosition(line: 2, column: 3))
    #expect(members[0].value.position == JSONPosition(line: 2, column: 8))
    #expect(members[0].value.array?[1].position == JSONPosition(line: 2, column: 12))
    #expect(members[2].value.position == JSONPosition(line: 3, column: 19))
    #expect(node["b"]?.string == "x")
    #expect(node["a"]?.isNull == true)
    #expect(node["c"] == nil)
  }

  @Test(
    arguments: [
      ("", 1, 1, "found the end of the text, expected a value"),
      ("{\"resourceList\": [", 1, 19, "found the end of the text, expected a value"),
      ("{\"a\":[1,]}", 1, 8, "found a trailing comma, expected no comma after the last entry"),
      ("{\"a\":1,}", 1, 7, "found a trailing comma, expected no comma after the last entry"),
      ("{a:1}", 1, 2, "found 'a', expected a key in double quotes or '}'"),
      ("{\"a\" 1}", 1, 6, "found '1', expected ':' after a key"),
      ("{\"a\":1 \"b\"}", 1, 8, "found '\"', expected ',' or '}'"),
      ("[1 2]", 1, 4, "found '2', expected ',' or ']'"),
      ("{}\nx", 2, 1, "found 'x', expected the end of the text"),
      ("\u{FEFF}{}", 1, 1, "found a byte order mark, expected a value"),
      ("// c\n{}", 1, 1, "found '/', expected a value"),
      ("nul", 1, 4, "found the end of the text, expected the word null"),
      ("tru\u{1}", 1, 4, "found the byte 0x01, expected the word true"),
      ("01", 1, 2, "found '1', expected the end of the text"),
      ("-", 1, 2, "found the end of the text, expected a digit"),
      ("+1", 1, 1, "found '+', expected a value"),
      ("1.", 1, 3, "found the end of the text, expected a digit"),
      (".5", 1, 1, "found '.', expected a value"),
      ("1e", 1, 3, "found the end of the text, expected a digit"),
      ("\"a\nb\"", 1, 3, "found the byte 0x0a, expected a string without raw control characters"),
      ("\"a\\nb\u{2}\"", 1, 6, "found the byte 0x02, expected a string without raw control characters"),
      ("\"a\\qb\"", 1, 4, "found 'q', expected one of \"\\/bfnrtu after a backslash"),
      ("\"\\u00g0\"", 1, 6, "found 'g', expected four hexadecimal digits after \\u"),
      ("\"abc", 1, 5, "found the end of the text, expected the '\"' that ends the string"),
      ("\"a\\tc", 1, 6, "found the end of the text, expected the '\"' that ends the string"),
      ("'a'", 1, 1, "found ''', expected a value"),
      ("NaN", 1, 1, "found 'N', expected a value"),
      ("\u{A0}1", 1, 1, "found the byte 0xc2, expected a value"),
    ])
  func faultsNamePlaceAndExpectation(_ text: String, line: Int, column: Int, reason: String) throws {
    let error = try #require(fault(Array(text.utf8)))
    #expect(error.position == JSONPosition(line: line, column: column))
    #expect(error.reason == reason)
    #expect(error.description == "line \(line), column \(column): \(reason)")
  }

  @Test func escapesAndSurrogatePairs() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\tA\u00e9\u20AC\uD83D\uDE00""#).string == "\"\\/\u{8}\u{C}\n\r\tAé€😀")
    #expect(try parse(#""\ud83dx""#).string == "\u{FFFD}x")
    #expect(try parse(#""\ude00\ud83d""#).string == "\u{FFFD}\u{FFFD}")
    #expect(try parse(#""\ud83d\u0041""#).string == "\u{FFFD}A")
    #expect(try parse(#""\ud83d\ud83d\ude00""#).string == "\u{FFFD}😀")
    #expect(try parse(#""\u0000""#).string == "\0")
  }

  @Test func brokenUTF8BecomesOneReplacementPerByte() throws {
    let quote = UInt8(ascii: "\"")
    func text(_ bytes: [UInt8]) throws -> String? { try JSONNode.parse([quote] + bytes + [quote]).string }
    #expect(try text([0xE2, 0x82]) == "\u{FFFD}\u{FFFD}")
    #expect(try text([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    #expect(try text([0xC0, 0x80]) == "\u{FFFD}\u{FFFD}")
    #expect(try text([0xED, 0xA0, 0x80]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
    #expect(try text([0xF0, 0x9F, 0x98, 0x80]) == "😀")
    #expect(try text([0xFF, 0x5C, 0x6E]) == "\u{FFFD}\n")
  }

  @Test func numbersStayAsWritten() throws {
    let node = try parse(
      "[0, -0, 12, 1.0, 1e3, -1.5E+7, 9223372036854775807, 9223372036854775808, -9223372036854775808]")
    let items = try #require(node.array)
    #expect(items.map(\.int) == [0, 0, 12, nil, nil, nil, Int.max, nil, Int.min])
    #expect(items[7].uint64 == 9_223_372_036_854_775_808)
    #expect(items.allSatisfy { if case .number = $0.value { true } else { false } })
    #expect(items[5].summary == "the number -1.5E+7")
  }

  @Test func keysFoldAsInGo() throws {
    let node = try parse("{\"drivers\": 1, \"DRIVERS\": 2, \"driver\u{17F}\": 3, \"IsRdma\": 4, \"\u{212A}ey\": 5}")
    #expect(node["drivers"]?.int == 1)
    #expect(node[folding: "drivers"]?.int == 3)
    #expect(node[folding: "isRdma"]?.int == 4)
    #expect(node[folding: "key"]?.int == 5)
    #expect(node["Key"] == nil, "Unicode calls the Kelvin sign and K equivalent; an exact key does not")
    #expect(!JSONKey.matches("é", "É"))
  }

  @Test func nestingEndsAtGosLimit() throws {
    let deepest = [UInt8](repeating: UInt8(ascii: "["), count: JSONNode.maximumDepth)
    let closing = [UInt8](repeating: UInt8(ascii: "]"), count: JSONNode.maximumDepth)
    #expect(fault(deepest + closing) == nil)
    #expect(fault(deepest)?.found == "the end of the text")
    let tooDeep = try #require(fault([UInt8](repeating: UInt8(ascii: "["), count: 5_000_000)))
    #expect(tooDeep.found == "a value nested deeper than 10000")
    #expect(tooDeep.position.column == 10_001)
  }

  @Test func summariesSayWhatIsThere() throws {
    let summaries = try #require(try parse(#"[null, true, 5, "a\"b", [], {}]"#).array).map(\.summary)
    #expect(summaries == ["null", "true", "the number 5", "the string \"a\\\"b\"", "a list", "an object"])
  }

  /// Mutations of a valid text: each is read or refused with a position inside the text, never a crash.
  @Test(arguments: 0..<64)
  func damagedTextIsReadOrRefused(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let valid = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",{"b":null,"c":[true,false,[]]}], "d":"é\n"}"#.utf8)
    for _ in 0..<50 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      guard let error = fault(bytes) else { continue }
      #expect(error.position.line >= 1 && error.position.column >= 1 && error.position.column <= bytes.count + 1)
      #expect(!error.found.isEmpty && !error.expected.isEmpty)
    }
  }
}
