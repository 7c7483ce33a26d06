import Foundation
import HostInventory
import TestSupport
import Testing

/// Every file and link of a machine, one after the other, says what it never should: it costs no other device anything.
@Suite struct DamagedFilesTests {
  enum Damage: String, CaseIterable, Sendable {
    case empty, words, numbers, noise, huge, directory

    func apply(to path: String) throws {
      let files = FileManager.default
      try files.removeItem(atPath: path)
      switch self {
      case .directory: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      case .empty: try Data().write(to: URL(filePath: path))
      case .words: try Data("no such thing\n../../../x\n".utf8).write(to: URL(filePath: path))
      case .numbers: try Data("-99999999999999999999\n".utf8).write(to: URL(filePath: path))
      case .noise: try Data((0..<512).map { UInt8(truncatingIfNeeded: $0 &* 37) }).write(to: URL(filePath: path))
      case .huge: try Data(repeating: UInt8(ascii: "7"), count: 100_000).write(to: URL(filePath: path))
      }
    }
  }

  /// Paths of a machine file's `file` and `link` lines below /sys, but for the links that make the lists of a bus: a
  /// device without its entry is not there.
  private static func entries(of text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 1, ["file", "link"].contains(words[0]), words[1].hasPrefix("sys/") else { return nil }
      return words[1].hasPrefix("sys/bus/pci/devices/") ? nil : String(words[1])
    }
  }

  /// PCI functions in a path: `sys/devices/pci0000:3b/0000:3b:00.0/sriov_numvfs` is about one.
  private static func functions(in path: String) -> Set<String> {
    Set(path.split(separator: "/").map(String.init).filter { PCIAddress($0) != nil })
  }

  /// The device, its parent and its PF: whose files are about it.
  private static func concerns(_ device: Device) -> Set<String> {
    var names: Set<String> = [device.id]
    if case .auxiliary(let auxiliary) = device.bus { names.insert("\(auxiliary.parent)") }
    if let pf = device.physicalFunction { names.insert("\(pf.address)") }
    return names
  }

  @Test(
    arguments: ["h1", "connectx6-switchdev-infiniband", "igb-guest", "rebellions-atom", "kunpeng-ub"],
    Damage.allCases)
  func costsNoOtherDevice(_ machine: String, _ damage: Damage) throws {
    let text = try MachineTree.text(named: machine)
    let tree = try MachineTree(text: text)
    let whole = tree.read().0
    let copies = FileManager.default
    let spare = try TemporaryDirectory()
    for entry in Self.entries(of: text) {
      let path = tree.place(entry)
      try copies.moveItem(atPath: path, toPath: spare["kept"])
      try copies.copyItem(atPath: spare["kept"], toPath: path)
      try damage.apply(to: path)
      let (inventory, problems) = tree.read()
      try copies.removeItem(atPath: path)
      try copies.moveItem(atPath: spare["kept"], toPath: path)
      // Classes and other buses hold files about devices of any function.
      let touched = Self.functions(in: entry)
      for device in whole.devices where !touched.isEmpty && Self.concerns(device).isDisjoint(with: touched) {
        #expect(inventory[device.id] == device, "\(entry) of another device, \(damage)")
      }
      for problem in problems {
        #expect(problem.path.hasPrefix("/"), "\(problem)")
        #expect(!problem.description.contains(tree.root.path), "a path of the host, not of this machine: \(problem)")
        #expect(problem.description.utf8.count < 400, "\(entry), \(damage)")
      }
    }
    #expect(tree.read().0.devices == whole.devices, "the machine is as it was")
  }
}
