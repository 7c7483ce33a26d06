import Agent
import Foundation
import ResourcePools
import TestSupport
import Testing

@Suite("What validate looks at")
struct CheckedConfigurationTests {
  private let defaults = ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any)

  private func write(_ files: [(name: String, text: String)]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for file in files { try Data(file.text.utf8).write(to: URL(filePath: directory[file.name])) }
    return directory
  }

  @Test func problemsOfAManifestAreAtItsLines() throws {
    let directory = try write([
      (
        "cm.yaml",
        #"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: sriovdp-config}
        data:
          config.json: |
            {"resourceList": [
              {"resourceName": "a", "selectors": {"pfNames": ["ens1f0#a"]}},
              {"resourceName": "b"}]}
          other.json: |
            {"resourceList": [{"resourceName": "a", "selectors": {"pfName": ["x"]}}]}
        """#
      )
    ])
    let path = directory["cm.yaml"]
    let checked = CheckedConfiguration.all(in: [path], defaults: defaults)
    #expect(checked.map(\.name) == ["\(path) (sriovdp-config/config.json)", "\(path) (sriovdp-config/other.json)"])
    #expect(checked.map { $0.config == nil } == [true, false])
    #expect(
      checked.map { $0.problems.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.path)" } } == [
        ["7:55 resourceList[0].selectors.pfNames[0]", "8:7 resourceList[1].selectors"],
        ["10:59 resourceList[0].selectors.pfName"],
      ])
    #expect(checked.flatMap(\.problems).allSatisfy { $0.file == path })
  }

  @Test func jsonFilesAreConfigurationsOfTheirOwnUnlessTheyAreTogether() throws {
    let pool = #"{"resourceList":[{"resourceName":"a","selectors":{}}]}"#
    let directory = try write([("a.json", pool), ("b.json", pool)])
    let paths = [directory["a.json"], directory["b.json"]]
    let apart = CheckedConfiguration.all(in: paths, .apart, defaults: defaults)
    #expect(apart.map(\.name) == paths)
    #expect(apart.allSatisfy { $0.config != nil && $0.problems.isEmpty })
    let together = CheckedConfiguration.all(in: paths, .together, defaults: defaults)
    #expect(together.map(\.name) == [paths.joined(separator: ", ")])
    #expect(together.first?.config == nil)
    #expect(together.first?.problems.map(\.file) == [directory["b.json"]], "the name is taken")
  }

  @Test func whatCannotBeUsed() throws {
    let directory = try write([("x.yaml", "a: [\n"), ("pod.yaml", "kind: Pod\n"), ("x.json", "{"), ("empty", "")])
    let names = ["x.yaml", "pod.yaml", "x.json", "empty", "missing"]
    for name in names {
      let checked = CheckedConfiguration.all(in: [directory[name]], defaults: defaults)
      #expect(checked.count == 1)
      #expect(checked.first?.config == nil, "\(name)")
      #expect(checked.first?.problems.count == 1, "\(name)")
      #expect(checked.first?.problems.first?.file == directory[name])
    }
    let yaml = CheckedConfiguration.all(in: [directory["x.yaml"]], defaults: defaults).first?.problems.first
    #expect(yaml?.line == 2)
  }

  @Test func poolsThatAMachineLeavesEmpty() async throws {
    let machine = Repository.root.appending(path: "Tests/Fixtures/Machines/h1.tree")
    let directory = try write([
      (
        "cm.yaml",
        #"""
        kind: ConfigMap
        data:
          config.json: |
            {"resourceList": [{"resourceName": "a", "selectors": {"drivers": ["iavf"]}},
              {"resourceName": "b", "selectors": {"drivers": ["ixgbevf"]}}]}
        """#
      )
    ])
    let checked = try #require(CheckedConfiguration.all(in: [directory["cm.yaml"]], defaults: defaults).first)
    let config = try #require(checked.config)
    var options = Options(configFiles: [])
    options.hostRoot = machine.path
    let empty = checked.doubts(about: try await Rehearsal.run(config, options: options))
    #expect(empty.first?.reason.contains("drivers: saw") == true)
    #expect(empty.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.path)" } == ["5:7 resourceList[1]"])
  }
}
