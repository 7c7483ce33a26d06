import Testing

@testable import ResourcePools

/// What attachments say of a device: each key once, in the order of their bytes.
@Suite struct InfoSectionTests {
  @Test func keysAreInTheOrderOfTheirBytes() {
    let section: InfoSection = ["mount": "1", "dev-mount": "2", "Z": "3", "é": "4"]
    #expect(section.fields.map(\.key) == ["Z", "dev-mount", "mount", "é"])
    #expect(section == InfoSection(["é": "4", "Z": "3", "mount": "1", "dev-mount": "2"]))
  }

  @Test func theLastValueOfAKeyCounts() {
    var section: InfoSection = ["a": "1", "b": "2", "a": "3"]
    #expect(section["a"] == "3")
    section["b"] = "4"
    section["c"] = nil
    #expect(section.fields.map(\.value) == ["3", "4"])
    section["a"] = nil
    #expect(section == ["b": "4"])
    #expect(section["a"] == nil)
  }
}
