/// The functions that a C or C++ file declares or defines at file level, found without a compiler.
///
/// A `static` function and what stands in an unnamed namespace are private to the file and left out.
struct CDeclarations {
  private(set) var declared: Set<String> = []
  private(set) var defined: Set<String> = []

  init(_ text: String) {
    var statement = ""
    // The depth in braces that are not those of `extern "C"` or of a namespace.
    var depth = 0
    var openLinkage = 0
    var privateDepth = 0
    for character in Self.withoutComments(text) {
      switch character {
      case "{" where depth == 0 && Self.opensNamespace(statement):
        if privateDepth > 0 || Self.isUnnamedNamespace(statement) { privateDepth += 1 }
        openLinkage += 1
        statement = ""
      case "{":
        if depth == 0 { note(statement, isDefinition: true, isPrivate: privateDepth > 0) }
        depth += 1
      case "}" where depth > 0:
        depth -= 1
        // A structure or an initialiser goes on after its brace. A function's body ends the statement.
        if depth == 0, statement.contains("("), !statement.contains("=") { statement = "" }
      case "}" where openLinkage > 0:
        openLinkage -= 1
        privateDepth = max(0, privateDepth - 1)
        statement = ""
      case ";" where depth == 0:
        note(statement, isDefinition: false, isPrivate: privateDepth > 0)
        statement = ""
      default: if depth == 0 { statement.append(character) }
      }
    }
  }

  private mutating func note(_ statement: String, isDefinition: Bool, isPrivate: Bool) {
    guard !isPrivate, let name = Self.functionName(in: statement) else { return }
    if isDefinition { defined.insert(name) } else { declared.insert(name) }
  }

  /// The word before the first parenthesis of something that is neither a type, a value nor private.
  private static func functionName(in statement: String) -> String? {
    let words = statement.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    guard !words.contains(where: ["typedef", "static", "using", "_Static_assert"].contains) else { return nil }
    var text = statement[...]
    // An attribute has parentheses of its own.
    while let attribute = text.firstRange(of: "__attribute__") {
      guard let end = closingParenthesis(after: text[attribute.upperBound...]) else { return nil }
      text = text[..<attribute.lowerBound] + text[end...]
    }
    guard !text.contains("="), let open = text.firstIndex(of: "(") else { return nil }
    let name = text[..<open].split { !$0.isLetter && !$0.isNumber && $0 != "_" }.last.map(String.init)
    let before = text[..<open].trimmingSuffix { $0 == " " || $0 == "\n" }
    // `void (*name)(int)` is a variable.
    guard let name, before.hasSuffix(name), before.count > name.count, !text[open...].hasPrefix("(*")
    else { return nil }
    return name
  }

  private static func closingParenthesis(after text: Substring) -> String.Index? {
    var depth = 0
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" {
        depth -= 1
        if depth == 0 { return text.index(after: index) }
      }
    }
    return nil
  }

  private static func opensNamespace(_ statement: String) -> Bool {
    let words = statement.split { $0 == " " || $0 == "\n" }
    return words.first == "namespace" || (words.first == "extern" && words.last == "\"C\"" && words.count == 2)
  }

  private static func isUnnamedNamespace(_ statement: String) -> Bool {
    statement.split { $0 == " " || $0 == "\n" } == ["namespace"]
  }

  /// Without comments, directives of the preprocessor, and what stands in quotes but `"C"`.
  private static func withoutComments(_ text: String) -> String {
    var result = text.replacing(#/\/\*[\s\S]*?\*\//#, with: " ").replacing(#/\/\/[^\n]*/#, with: "")
    result = result.replacing(#/(?m)^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*/#, with: "")
    result = result.replacing(#/'(?:\\.|[^'\\\n])*'/#, with: "' '")
    return result.replacing(#/"(?!C")(?:\\.|[^"\\\n])*"/#, with: "\"\"")
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> SubSequence {
    var rest = self[...]
    while let last = rest.last, isTrimmed(last) { rest = rest.dropLast() }
    return rest
  }
}
