import Foundation
import NodeReport
import TestSupport
import Testing

/// What a browser is allowed to do with the page, and whether people can read it.
@Suite("Policy and contrast of the page") struct PageSafetyTests {
  private static func contents(of tag: String) throws -> String {
    let page = InventoryPage(try Surveys.survey()).text
    let start = try #require(page.range(of: "<\(tag)>"))
    let end = try #require(page.range(of: "</\(tag)>"))
    return String(page[start.upperBound..<end.lowerBound])
  }

  /// A style or script with another hash is not applied: the page would be bare.
  @Test(arguments: [("style", "style-src"), ("script", "script-src")])
  func thePolicyAllowsItsOwnStyleAndScript(_ tag: String, _ directive: String) throws {
    let directory = try TemporaryDirectory()
    try Self.contents(of: tag).write(toFile: directory["text"], atomically: false, encoding: .utf8)
    let child = try ChildProcess(["sha256sum", directory["text"]], output: directory["sum"])
    #expect(child.wait() == 0)
    let sum = try String(contentsOfFile: directory["sum"], encoding: .utf8).prefix(64)
    let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(sum.dropFirst($0).prefix(2), radix: 16) }
    let hash = Data(bytes).base64EncodedString()
    #expect(InventoryPage.policy.contains("\(directive) 'sha256-\(hash)'"), "put this hash into \(tag)'s file: \(hash)")
    let page = InventoryPage(try Surveys.survey()).text
    let policy = #"<meta http-equiv="Content-Security-Policy" content="\#(InventoryPage.policy)">"#
    #expect(page.contains(policy))
    #expect(InventoryPage.policy.hasPrefix("default-src 'none'; ") && !InventoryPage.policy.contains("unsafe"))
  }

  /// WCAG 2.1, success criterion 1.4.3, for every colour of text on every ground it stands on.
  @Test(arguments: ["light", "dark", "print"]) func textHasContrast(_ look: String) throws {
    let sheet = try Self.contents(of: "style")
    let colours = try Self.colours(of: look, in: sheet)
    let pairs = [
      ("ink", "ground"), ("ink", "panel"), ("soft", "ground"), ("soft", "panel"), ("sick", "ground"), ("panel", "sick"),
      ("factsink", "facts"), ("ground", "ink"),
    ]
    for (text, ground) in pairs {
      let ratio = try Self.contrast(#require(colours[text]), #require(colours[ground]))
      #expect(ratio >= 4.5, "\(look): \(text) on \(ground): \(ratio)")
    }
    let pools = sheet.matches(of: #/\.(c\d)\{--fill:(#[0-9a-f]+);--text:(#[0-9a-f]+)\}/#)
    #expect(pools.count == 8)
    for pool in pools {
      let ratio = try Self.contrast(String(pool.output.3), String(pool.output.2))
      #expect(ratio >= 4.5, "\(pool.output.1): \(ratio)")
    }
  }

  /// The variables of a look: dark and print change some of those of light.
  private static func colours(of look: String, in sheet: String) throws -> [String: String] {
    let starts = [
      "light": ":root{", "dark": "@media (prefers-color-scheme:dark){:root{", "print": "@media print{:root{",
    ]
    var colours = look == "light" ? [:] : try Self.colours(of: "light", in: sheet)
    let start = try #require(starts[look].flatMap { sheet.range(of: $0) })
    for match in sheet[start.upperBound...].prefix(while: { $0 != "}" }).matches(of: #/--([a-z]+):(#[0-9a-f]+)/#) {
      colours[String(match.output.1)] = String(match.output.2)
    }
    return colours
  }

  private static func contrast(_ one: String, _ other: String) throws -> Double {
    let lights = try [luminance(one), luminance(other)].sorted()
    return (lights[1] + 0.05) / (lights[0] + 0.05)
  }

  /// Relative luminance as WCAG defines it.
  private static func luminance(_ colour: String) throws -> Double {
    let digits = colour.count == 4 ? colour.dropFirst().map { "\($0)\($0)" }.joined() : String(colour.dropFirst())
    let parts = try stride(from: 0, to: 6, by: 2).map { place in
      let value = try Double(#require(Int(digits.dropFirst(place).prefix(2), radix: 16))) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
