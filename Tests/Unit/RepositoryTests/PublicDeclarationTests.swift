import TestSupport
import Testing

/// A declaration that other modules use has a comment that says what its name does not.
@Suite("Public declarations have a summary") struct PublicDeclarationTests {
  @Test func everyDeclarationHasASummary() throws {
    var count = 0
    for path in try Repository.swiftFiles(below: "Sources") {
      let declarations = PublicDeclarations(try Repository.text(path))
      #expect(declarations.openBraces == 0, "\(path) was misread")
      count += declarations.all.count
      for declaration in declarations.all where !declaration.isDocumented {
        Issue.record("\(path):\(declaration.line): say in a /// comment what this is: \(declaration.text)")
      }
    }
    #expect(count > 1000)
  }

  @Test func declarationsAreSeen() {
    let found = PublicDeclarations(
      #"""
      /// A type.
      @frozen
      public enum Mode: String, Sendable {
        /// Documented.
        case one
        case two(name: String)
        public static let brace = "{"
        func isHidden() { switch self { case .one: break } }
        public var description: String { "" }
        public init(stringLiteral value: String) { self = .one }
      }
      public protocol Source {
        associatedtype Event
        func next() -> Event?
      }
      private enum Own { case three }
      extension Mode {
        public private(set) var text = """
          public var inside: Int
          """
        @discardableResult
        public static func == (a: Mode, b: Mode) -> Bool { true }
        /// Documented.
        @inlinable public var first: Int { 1 }
        @inline(never) public var second: Int { 2 }
      }
      """#)
    #expect(found.openBraces == 0)
    #expect(
      found.all.filter { !$0.isDocumented }.map(\.line) == [6, 7, 12, 13, 14, 18, 25], "\(found.all)")
    #expect(found.all.filter(\.isDocumented).map(\.line) == [3, 5, 24])
  }
}
