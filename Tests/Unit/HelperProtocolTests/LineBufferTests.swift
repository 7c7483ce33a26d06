import HelperProtocol
import Testing

@Suite("Lines of the helper's socket") struct LineBufferTests {
  /// However the bytes are cut.
  @Test(arguments: 1...9) func linesArePutTogether(_ size: Int) throws {
    let text = Array("{\"a\":1}\n\n{\"b\":2}\nrest".utf8)
    var buffer = LineBuffer()
    var lines: [[UInt8]] = []
    for start in stride(from: 0, to: text.count, by: size) {
      lines += try buffer.take(text[start..<min(start + size, text.count)])
    }
    #expect(lines == [Array("{\"a\":1}".utf8), [], Array("{\"b\":2}".utf8)])
    #expect(try buffer.take([UInt8(ascii: "\n")]) == [Array("rest".utf8)])
  }

  @Test func aLineWithoutAnEndIsRefused() throws {
    var buffer = LineBuffer()
    let part = [UInt8](repeating: 0x20, count: HelperProtocol.longestLine / 2)
    #expect(try buffer.take(part) == [] && buffer.take(part) == [])
    #expect(throws: LineError.self) { try buffer.take([0x20]) }
  }
}
