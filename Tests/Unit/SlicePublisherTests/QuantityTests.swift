import Testing

@testable import SlicePublisher

@Suite("Quantities") struct QuantityTests {
  @Test(arguments: [
    ("1000", "1k"), ("1024", "1Ki"), ("0.5", "500m"), ("1e3", "1000"), ("1E3", "1k"), ("1500m", "1.5"), ("64", "64"),
    ("+1", "1"), ("-1", "-1000m"), ("1Gi", "1073741824"), ("0", "0m"), ("1.", "1"),
  ])
  func equalByValue(_ a: String, _ b: String) {
    #expect(Quantity(a) != nil)
    #expect(Quantity(a) == Quantity(b))
  }

  @Test(arguments: [("1", "2"), ("1k", "1Ki"), ("1m", "1M"), ("1n", "1")])
  func differentByValue(_ a: String, _ b: String) { #expect(Quantity(a) != Quantity(b)) }

  @Test(arguments: ["", "k", "1x", "1.2.3", "--1", "1e", "1e99", "1 ", "9999999999999999999999999999999999999Ei", "é"])
  func noQuantity(_ text: String) { #expect(Quantity(text) == nil) }
}
