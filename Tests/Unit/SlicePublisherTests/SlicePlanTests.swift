import JSONText
import Testing

@testable import SlicePublisher

@Suite("What has to be written") struct SlicePlanTests {
  private func desired(_ pool: String, _ parts: [[String]]) throws -> [DesiredSlice] {
    try parts.enumerated().map { index, devices in
      try #require(
        DesiredSlice([
          "metadata": ["generateName": .string("0000\(index)-d-n-")],
          "spec": [
            "driver": "d", "nodeName": "n", "devices": .array(devices.map { ["name": .string($0)] }),
            "pool": ["name": .string(pool), "generation": 0, "resourceSliceCount": .int(parts.count)],
          ],
        ]))
    }
  }

  /// As the server has them after all of `slices` were written.
  private func observed(_ slices: [DesiredSlice], generation: Int = 3) throws -> [ObservedSlice] {
    try slices.enumerated().map { index, slice in
      let object: JSONValue = [
        "metadata": [
          "name": .string("\(slice.generateName)x\(index)"), "uid": .string("u\(index)"), "resourceVersion": "1",
        ], "spec": slice.spec(generation: generation),
      ]
      return try #require(ObservedSlice(try JSONNode.parse(Array(object.text().utf8))))
    }
  }

  private func plan(
    _ desired: [DesiredSlice], _ observed: [ObservedSlice], _ accepted: [String: SlicePlan.Accepted] = [:]
  ) -> [String] {
    SlicePlan(desired: desired, observed: observed, accepted: accepted).writes.map { write in
      switch write {
      case .delete(let slice): "delete \(slice.name.prefix(5))"
      case .update(let slice, let spec, _): "update \(slice.name.prefix(5)) \(spec["pool"]?["generation"]?.int ?? -1)"
      case .create(let slice, let spec): "create \(slice.index) \(spec["pool"]?["generation"]?.int ?? -1)"
      }
    }
  }

  @Test func nothingForEqualSlices() throws {
    let slices = try desired("p", [["a", "b"], ["c"]])
    #expect(plan(slices, try observed(slices)) == [])
  }

  @Test func oneChangedSliceKeepsTheGeneration() throws {
    let before = try observed(try desired("p", [["a", "b"], ["c"]]))
    #expect(plan(try desired("p", [["a"], ["c"]]), before) == ["update 00000 3"])
    #expect(plan(try desired("p", [["b", "a"], ["c"]]), before) == ["update 00000 3"], "order is meaning")
  }

  @Test func twoChangedSlicesRaiseIt() throws {
    let before = try observed(try desired("p", [["a", "b"], ["c"]]))
    #expect(plan(try desired("p", [["a"], ["d"]]), before) == ["update 00000 4", "update 00001 4"])
  }

  @Test func aNewSliceRewritesThePool() throws {
    let before = try observed(try desired("p", [["a"]]))
    #expect(plan(try desired("p", [["a"], ["b"]]), before) == ["update 00000 4", "create 1 4"])
    #expect(plan(try desired("p", [["a"], ["b"]]), []) == ["create 0 1", "create 1 1"])
  }

  @Test func obsoleteSlicesGoFirst() throws {
    let old = try observed(try desired("p", [["a"], ["b"]]), generation: 2)
    let stale = try observed(try desired("gone", [["z"]]))
    #expect(plan(try desired("p", [["a"]]), old + stale) == ["delete 00000", "delete 00001", "update 00000 2"])
  }

  @Test func slicesOfAnOlderGenerationAreObsolete() throws {
    let wanted = try desired("p", [["a"], ["b"]])
    let mixed = [try observed(wanted, generation: 1)[0], try observed(wanted, generation: 2)[1]]
    #expect(plan(wanted, mixed) == ["delete 00000", "update 00001 3", "create 0 3"])
  }

  @Test func twoSlicesForOnePlaceAreOneTooMany() throws {
    let wanted = try desired("p", [["a"]])
    let twice = try observed(wanted) + [try observed(wanted + wanted)[1]]
    #expect(plan(wanted, twice) == ["delete 00000"])
  }

  /// A field whose gate is off is not in what the server has, and must not be written for ever.
  @Test func whatTheServerMadeOfASpecIsAccepted() throws {
    let wanted = try desired("p", [["a"]])
    let stored = try observed(try desired("p", [[]]))
    let name = stored[0].name
    let accepted = SlicePlan.Accepted(sent: SliceText.of(wanted[0].spec), stored: SliceText.of(stored[0].spec))
    #expect(plan(wanted, stored, [name: accepted]) == [])
    #expect(plan(try desired("p", [["b"]]), stored, [name: accepted]) == ["update 00000 3"])
  }
}
