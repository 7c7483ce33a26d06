import Testing

@testable import ResourcePools

@Suite("Function lists of pfNames and rootDevices")
struct FunctionSetTests {
  private let path = ConfigPath.root.key("pfNames")

  /// What is selected of functions 0 to 5; the numbers are the incumbent's test vectors C1 to C31.
  @Test(
    arguments: [
      ("ens1f0", [0, 1, 2, 3, 4, 5]), ("ens1f0#0,2-3", [0, 2, 3]), ("ens1f0#3-1", []), ("ens1f0#+1", [1]),
      ("ens1f0#01", [1]), ("ens1f0#4-100", [4, 5]), ("ens1f0#0,0,0-1", [0, 1]), ("ens1f0#2-+3", [2, 3]),
      ("ens1f0#5,0-1,1-3", [0, 1, 2, 3, 5]), ("ens1f0#9223372036854775807", []),
    ])
  func accepted(value: String, selected: [Int]) throws {
    let (name, functions, _) = try FunctionSet.parse(value, at: path)
    #expect(name == "ens1f0")
    #expect((0...5).filter { functions.contains($0) } == selected)
  }

  @Test(
    arguments: [
      "ens1f0#", "ens1f0#0,", "ens1f0#,0", "ens1f0#1-2-3", "ens1f0#0,1-2-3,4", "ens1f0#-1", "ens1f0#1-", "ens1f0#0, 1",
      "ens1f0# 1", "ens1f0#0x1", "ens1f0#a,0", "ens1f0#0,a", "ens1f0#2-b", "ens1f0#99999999999999999999", "ens1f0#1--2",
      "ens1f0#0#1", "#", "ens1f0##",
    ])
  func refused(value: String) {
    let problem = #expect(throws: ConfigProblem.self) { try FunctionSet.parse(value, at: path) }
    #expect(problem?.path == path)
    #expect(problem?.severity == .error)
    #expect(problem?.reason.contains("expected name#0,2-5") == true)
  }

  @Test func anUnnumberedFunctionIsInAllOnly() throws {
    #expect(FunctionSet.all.contains(nil))
    #expect(!FunctionSet([0...5]).contains(nil))
  }

  @Test func onlyTheFirstValueForAParentCounts() throws {
    var notes: [ConfigProblem] = []
    let wanted = try FunctionSet.byParent(
      ["p#0", "q", "P#1", "r#2-1"], at: path, note: { notes.append($0) }, normalized: { $0.lowercased() })
    #expect(wanted == ["p": FunctionSet([0...0]), "q": .all, "r": FunctionSet([])])
    #expect(notes.map(\.path.description) == ["pfNames[2]", "pfNames[3]"])
    #expect(notes.allSatisfy { $0.severity == .warning })
  }

  @Test func everyUnreadableValueIsReported() {
    var notes: [ConfigProblem] = []
    let thrown = #expect(throws: ConfigProblem.self) {
      try FunctionSet.byParent(["p#a", "q#0", "r#"], at: path, note: { notes.append($0) }, normalized: { $0 })
    }
    #expect(thrown?.path.description == "pfNames[0]")
    #expect(notes.map(\.path.description) == ["pfNames[2]"])
    #expect(notes.first?.severity == .error)
  }

  @Test func subsets() {
    #expect(FunctionSet([0...1, 2...3]).isSubset(of: FunctionSet([0...3])))
    #expect(FunctionSet([1...2]).isSubset(of: .all))
    #expect(!FunctionSet.all.isSubset(of: FunctionSet([0...9])))
    #expect(!FunctionSet([0...4]).isSubset(of: FunctionSet([0...1, 3...4])))
    #expect(FunctionSet([]).isSubset(of: FunctionSet([0...0])))
  }
}
