import Foundation
import ResourcePools

@testable import Agent
@testable import Effects
@testable import HostInventory

extension FuzzTarget {
  /// It lives as long as the process, which takes it away when it ends.
  private static let tree: FuzzTree = {
    atexit { FuzzTarget.tree.remove() }
    return FuzzTree(FuzzHost.small)
  }()

  /// sysfs, `/proc` and `/dev` of a small machine, some entries of which hold, link to or are called something else.
  static let sysfs = FuzzTarget("sysfs") { bytes in
    var input = FuzzInput(bytes)
    let kernel = input.choice(of: 2) == 0 ? FuzzHost.small.kernel : KernelFacts.none
    tree.change(by: &input)
    defer { tree.restore() }
    let (inventory, problems) = Inventory.read(from: tree.root, kernel: kernel)
    try check(inventory, problems)
    try PoolCheck.pools(of: FuzzHost.everyPool, on: inventory)
    let again = inventory.reading(again: inventory.devices.map(\.id), from: tree.root, kernel: kernel).0
    try Finding.unless(
      Set(again.map(\.id)).isSubset(of: inventory.devices.map(\.id)), "a device that was not asked for")
    _ = HostProcesses(root: tree.root).inControlGroup(of: "0123456789abcdef")
  }

  private static func check(_ inventory: Inventory, _ problems: [InventoryProblem]) throws(Finding) {
    for device in inventory.devices {
      try Finding.unless(PoolCheck.isFileName(device.id), "a device called '\(device.id)'")
      try Finding.unless(inventory[device.id] != nil, "\(device.id) is not found by its id")
    }
    try Finding.unless(Set(inventory.devices.map(\.id)).count == inventory.devices.count, "a device twice")
    for problem in problems { try Finding.unless(!problem.reason.isEmpty, "a problem without a reason") }
  }

  /// A machine file: what can be read is written the same way again, and can be unpacked and looked at.
  static let machine = FuzzTarget("machine") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self), let machine = try? MachineFile(parsing: text) else {
      return
    }
    let again = try? MachineFile(parsing: machine.text)
    try Finding.unless(again == machine, "another machine after writing: \(machine.text)")
    guard machine.entries.count < 200 else { return }
    let directory = "\(FuzzTree.memory)/devicepool-fuzz-machine-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    guard (try? machine.unpack(into: directory)) != nil else { return }
    let (inventory, problems) = Inventory.read(from: HostRoot(directory), kernel: machine.kernel)
    try check(inventory, problems)
  }

  /// The NPU driver's `pools` file, `rbln-smi -j` and `ddptool -j`.
  static let npuTools = FuzzTarget("npu-tools") { bytes in
    if case .node(let name) = RebellionsNPU.parse(String(decoding: bytes, as: UTF8.self)) {
      try Finding.unless(
        name.hasPrefix("rbln") && !name.dropFirst(4).isEmpty
          && name.utf8.dropFirst(4).allSatisfy { (48...57).contains($0) },
        "an NPU's node '\(name)'")
    }
    if let plan = try? RSDPlan(npus: ["rbln0", "rbln1"], listing: bytes) {
      try Finding.unless(plan.created > 0 && plan.destroyed.allSatisfy { $0 > 0 }, "a plan \(plan)")
      try Finding.unless(plan.members.count == 2, "members \(plan.members)")
    }
    switch DDPProfiles.package(bytes) {
    case .success(let name): try Finding.unless(name != "", "an empty profile")
    case .failure(let fault): try Finding.unless(!"\(fault)".isEmpty, "a refusal without a reason")
    }
  }
}
