public import JSONText

/// Maps positions in a text inside a manifest to positions in the manifest's file.
public struct SourceMap: Sendable {
  /// Offset in the file of each byte of the text; nil means that the text is the file.
  private let offsets: [Int]?
  /// Where the text's lines begin in it, and the file's in the file.
  private let textLines: [Int]
  private let fileLines: [Int]

  init(text: [UInt8], offsets: [Int]?, file: [UInt8]) {
    self.offsets = offsets
    textLines = Self.lineStarts(text)
    fileLines = Self.lineStarts(file)
  }

  /// Returns the position in the file of a position in the text.
  public func place(of position: JSONPosition) -> JSONPosition {
    guard let offsets, let last = offsets.last, textLines.indices.contains(position.line - 1) else { return position }
    let index = textLines[position.line - 1] + position.column - 1
    let offset = offsets.indices.contains(index) ? offsets[index] : last + 1
    // The last line that begins at or before the offset.
    var (low, high) = (0, fileLines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if fileLines[middle] <= offset { low = middle } else { high = middle }
    }
    return JSONPosition(line: low + 1, column: offset - fileLines[low] + 1)
  }

  private static func lineStarts(_ bytes: [UInt8]) -> [Int] {
    [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }
}
