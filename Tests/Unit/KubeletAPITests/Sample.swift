import KubeletAPI
import Testing

/// A message and the file with its bytes, with the message's type put aside so that one test walks them all.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let encoded: [UInt8]
  /// Whether the bytes are this sample's message.
  let isDecoded: @Sendable ([UInt8]) throws(CodecError) -> Bool
  /// What is written after reading; throws what reading throws.
  let recoded: @Sendable ([UInt8]) throws(CodecError) -> [UInt8]

  init<Message: WireMessage>(_ name: String, _ message: Message) {
    self.name = name
    encoded = message.encoded()
    isDecoded = { (bytes) throws(CodecError) in try Message(decoding: bytes) == message }
    recoded = { (bytes) throws(CodecError) in try Message(decoding: bytes).encoded() }
  }

  var testDescription: String { name }
}
