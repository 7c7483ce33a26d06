/// Line and column of a character in a JSON text, both from 1; the column counts bytes.
public struct JSONPosition: Sendable, Hashable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}
