import Foundation

/// The public declarations of a Swift file, found without a compiler.
///
/// Those that a protocol of the standard library requires are left out: their meaning is the protocol's.
struct PublicDeclarations {
  struct Declaration: Equatable {
    let line: Int
    let text: String
    let isDocumented: Bool
  }

  private(set) var all: [Declaration] = []
  /// Braces that were opened and not closed: not 0 when this type has misread the file.
  var openBraces: Int { scopes.count }

  /// What a pair of braces surrounds.
  private enum Scope {
    case publicEnum
    case publicProtocol
    case other
  }

  private var scopes: [Scope] = []
  private var isInMultilineText = false

  private static let modifiers: Set<Substring> = [
    "public", "open", "static", "final", "nonisolated", "override", "mutating", "indirect", "convenience", "required",
    "private(set)", "consuming", "borrowing",
  ]
  private static let types: Set<Substring> = ["struct", "class", "actor", "enum", "protocol"]
  private static let members: Set<Substring> = [
    "func", "init", "var", "let", "typealias", "subscript", "associatedtype",
  ]
  private static let witnesses: Set<Substring> = [
    "hash", "encode", "description", "debugDescription", "rawValue", "enqueue", "unownedExecutor",
  ]

  init(_ text: String) {
    let lines = text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for (index, line) in lines.enumerated() {
      let code = code(of: line)
      var opened = Scope.other
      if let (kind, isPublic) = Self.declaration(in: code) {
        let isPublic = isPublic || isPublicInScope(kind)
        if isPublic, kind == "enum" { opened = .publicEnum }
        if isPublic, kind == "protocol" { opened = .publicProtocol }
        if isPublic, !Self.isWitness(kind, code) {
          let above = lines[..<index].last { !Self.isAttribute($0) }
          all.append(Declaration(line: index + 1, text: line, isDocumented: above?.hasPrefix("///") == true))
        }
      }
      for character in code {
        if character == "{" {
          scopes.append(opened)
          opened = .other
        }
        if character == "}" { _ = scopes.popLast() }
      }
    }
  }

  /// The line without its comment and without the contents of string literals.
  private mutating func code(of line: String) -> String {
    let parts = line.components(separatedBy: "\"\"\"")
    let wasInText = isInMultilineText
    if parts.count % 2 == 0 { isInMultilineText.toggle() }
    let visible = wasInText ? (parts.count > 1 ? parts[parts.count - 1] : "") : parts[0]
    return
      visible
      .replacingOccurrences(of: #""(?:\\.|[^"\\])*""#, with: "\"\"", options: .regularExpression)
      .replacingOccurrences(of: "//.*", with: "", options: .regularExpression)
  }

  /// The keyword of the declaration that the line begins, and whether it says that it is public.
  private static func declaration(in code: String) -> (kind: Substring, isPublic: Bool)? {
    let words = code.split { " (<?:".contains($0) }.drop { $0.hasPrefix("@") || $0.hasSuffix(")") }
    let own = words.prefix { modifiers.contains($0) || $0 == "private" || $0 == "set)" }
    guard let kind = words.dropFirst(own.count).first else { return nil }
    guard types.contains(kind) || members.contains(kind) || kind == "case" else { return nil }
    return (kind, own.contains("public") || own.contains("open"))
  }

  /// Whether the line is an attribute of the declaration below it.
  private static func isAttribute(_ line: String) -> Bool { line.hasPrefix("@") && declaration(in: line) == nil }

  private func isPublicInScope(_ kind: Substring) -> Bool {
    switch scopes.last {
    case .publicEnum: kind == "case"
    case .publicProtocol: Self.members.contains(kind)
    case .other, nil: false
    }
  }

  /// Operators, and members that Hashable, Encodable, CustomStringConvertible, RawRepresentable, ExpressibleBy… and
  /// SerialExecutor require.
  private static func isWitness(_ kind: Substring, _ code: String) -> Bool {
    guard let start = code.range(of: "\(kind)")?.upperBound else { return false }
    let rest = code[start...].drop { $0 == " " }
    switch kind {
    case "init": return rest.firstMatch(of: /^\((from|rawValue|\w+Literal)( \w+)?:/) != nil
    case "func", "var", "let":
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return name.isEmpty && kind == "func" && !rest.hasPrefix("`") || witnesses.contains(name)
    default: return false
    }
  }
}
