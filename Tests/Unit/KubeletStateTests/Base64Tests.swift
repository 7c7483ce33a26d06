import Testing

@testable import KubeletState

@Suite("Base 64")
struct Base64Tests {
  @Test(
    "reads what Go writes",
    arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba")])
  func vectors(text: String, bytes: String) {
    #expect(Base64.decode(text) == Array(bytes.utf8))
  }

  @Test("every byte comes through")
  func allBytes() {
    #expect(Base64.decode("AAECA/z9/v8=") == [0, 1, 2, 3, 0xFC, 0xFD, 0xFE, 0xFF])
  }

  @Test(
    "refuses what is none",
    arguments: ["Z", "Zg", "Zg=", "====", "Z===", "Zm9v\n", "Zm-_", "Z=g=", "Zm9v=", " Zm9", "é===", "Zg==Zg=="])
  func refused(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
