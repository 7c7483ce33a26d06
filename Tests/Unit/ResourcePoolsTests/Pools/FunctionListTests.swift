import HostInventory
import ResourcePools
import Testing

/// `pfNames` and `rootDevices` on a PF with six VFs and a plain NIC: which VFs each list selects.
@Suite struct FunctionListTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let number: Int
    let list: [String]
    var key = "pfNames"
    /// Nil: the list is an error.
    let functions: [Int]?
    var testDescription: String { "\(number). \(key): \(list)" }
  }

  /// Where a value can't be read the incumbent selects what stands before the fault; here it is an error.
  static let rows: [Row] = [
    Row(number: 1, list: ["ens1f0"], functions: [0, 1, 2, 3, 4, 5]),
    Row(number: 2, list: ["ENS1F0"], functions: [0, 1, 2, 3, 4, 5]),
    Row(number: 3, list: ["ens1f0#0,2-3"], functions: [0, 2, 3]),
    Row(number: 4, list: ["ens1f0#0", "ens1f0#1"], functions: [0]),
    Row(number: 5, list: ["ens1f0#0-1", "ens1f0"], functions: [0, 1]),
    Row(number: 6, list: ["ens1f0#"], functions: nil),
    Row(number: 7, list: ["ens1f0#0,"], functions: nil),
    Row(number: 8, list: ["ens1f0#,0"], functions: nil),
    Row(number: 9, list: ["ens1f0#3-1"], functions: []),
    Row(number: 10, list: ["ens1f0#1-2-3"], functions: nil),
    Row(number: 11, list: ["ens1f0#0,1-2-3,4"], functions: nil),
    Row(number: 12, list: ["ens1f0#-1"], functions: nil),
    Row(number: 13, list: ["ens1f0#1-"], functions: nil),
    Row(number: 14, list: ["ens1f0#0, 1"], functions: nil),
    Row(number: 15, list: ["ens1f0# 1"], functions: nil),
    Row(number: 16, list: ["ens1f0#+1"], functions: [1]),
    Row(number: 17, list: ["ens1f0#01"], functions: [1]),
    Row(number: 18, list: ["ens1f0#0x1"], functions: nil),
    Row(number: 19, list: ["ens1f0#0#1"], functions: nil),
    Row(number: 20, list: ["ens1f0#4-100"], functions: [4, 5]),
    Row(number: 21, list: ["ens1f0#0,0,0-1"], functions: [0, 1]),
    Row(number: 22, list: [" ens1f0"], functions: []),
    Row(number: 23, list: ["eno1"], functions: []),
    Row(number: 24, list: ["ens1f0#a,0"], functions: nil),
    Row(number: 25, list: ["ens1f0#0,a"], functions: nil),
    Row(number: 26, list: ["ens1f0#2-b"], functions: nil),
    Row(number: 27, list: ["*", "", "ens1f"], functions: []),
    Row(number: 28, list: ["ens1f0#99999999999999999999"], functions: nil),
    Row(number: 29, list: ["nope", "ens1f0#5"], functions: [5]),
    Row(number: 30, list: ["0000:01:00.0"], key: "rootDevices", functions: [0, 1, 2, 3, 4, 5]),
    Row(number: 31, list: ["0000:01:00.0#0-1"], key: "rootDevices", functions: [0, 1]),
    Row(number: 32, list: ["01:00.0", "0000:02:00.0"], key: "rootDevices", functions: []),
  ]

  @Test(arguments: rows) func select(row: Row) throws {
    let machine = Machines.sixFunctions
    guard let functions = row.functions else {
      let error = #expect(throws: ConfigProblem.self) {
        try Pools.members(of: machine, [row.key: .list(row.list)])
      }
      #expect(error?.severity == .error)
      #expect(error?.path.description == "resourceList[0].selectors[0].\(row.key)[0]")
      return
    }
    #expect(try Pools.members(of: machine, [row.key: .list(row.list)]) == functions.map { "0000:01:02.\($0)" })
  }

  @Test func aLaterValueForTheSamePFIsWarnedAbout() throws {
    var notes: [ConfigProblem] = []
    let type = try Pools.required(DeviceTypeCatalog.named("netDevice"))
    _ = try Pools.object(
      ["pfNames": ["ens1f0#0", "ENS1F0#1"]], type: type, path: .root, note: { notes.append($0) })
    #expect(notes.map(\.severity) == [.warning])
    #expect(notes.first?.path.description == "pfNames[1]")
  }

  @Test(arguments: [
    ("vendors", "0x8086"), ("devices", "154C"), ("pciAddresses", "3b:01.1"), ("rootDevices", "3b:00.0"),
  ]) func aValueThatMatchesNothingIsWarnedAbout(key: String, value: String) throws {
    var notes: [ConfigProblem] = []
    let type = try Pools.required(DeviceTypeCatalog.named("netDevice"))
    _ = try Pools.object([key: .list([value])], type: type, path: .root, note: { notes.append($0) })
    #expect(notes.map(\.severity) == [.warning])
    #expect(notes.first?.path.description == "\(key)[0]")
    #expect(notes.first?.reason.contains("\"\(value)\"") == true)
  }
}
