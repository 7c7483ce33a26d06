import JSONText
import Testing

@testable import SlicePublisher

@Suite("Equal slices") struct SliceTextTests {
  private func text(_ device: String, generation: Int = 1) throws -> String {
    let spec = #"{"pool":{"name":"p","generation":\#(generation)},"devices":[\#(device)]}"#
    return SliceText.of(try JSONNode.parse(Array(spec.utf8)).jsonValue)
  }

  @Test func whatTheServerChangesIsNoDifference() throws {
    let sent = #"{"name":"a","capacity":{"slots":{"value":"1000"}},"taints":[{"key":"k","effect":"NoSchedule"}]}"#
    let stored = """
      {"taints":[{"effect":"NoSchedule","key":"k","timeAdded":"2026-01-01T00:00:00Z"}],"name":"a","attributes":{},
      "capacity":{"slots":{"value":"1k"}},"bindingConditions":null}
      """
    #expect(try text(sent) == text(stored, generation: 7))
  }

  @Test func otherValuesAre() throws {
    #expect(try text(#"{"capacity":{"slots":{"value":"1"}}}"#) != text(#"{"capacity":{"slots":{"value":"2"}}}"#))
    #expect(try text(#"{"name":"a"}"#) != text(#"{"name":"b"}"#))
    #expect(try text(#"{"attributes":{"n":{"string":"1000"}}}"#) != text(#"{"attributes":{"n":{"string":"1k"}}}"#))
  }

  @Test func droppedFieldsAreNamedOnce() {
    let device: JSONValue = ["name": "a", "allowMultipleAllocations": true, "capacity": ["s": ["requestPolicy": [1]]]]
    let stored: JSONValue = ["name": "a", "capacity": ["s": .object([])]]
    let paths = DroppedFields.paths(sent: ["devices": [device, device]], stored: ["devices": [stored, stored]])
    #expect(paths == ["devices[].allowMultipleAllocations", "devices[].capacity.s.requestPolicy"])
  }
}
