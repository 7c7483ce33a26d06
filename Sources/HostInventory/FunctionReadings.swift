/// What the directories of PCI functions say.
///
/// Of all that a snapshot is made from this takes longest, and it needs nothing but the files: it can be begun before
/// netlink has answered, and before anybody knows what it is for.
public struct FunctionReadings: Sendable {
  let readings: [FunctionReading]
  /// See `InventoryReader.others`.
  let others: Set<PCIAddress>
  let problems: [InventoryProblem]
  /// Nil when only a part of the bus was read.
  private(set) var nodes: HostNodes?

  /// All that the bus has now.
  public init(from root: HostRoot) {
    var kernel = KernelFacts.none
    // Netlink will tell of links; sysfs need not be asked.
    kernel.links = [:]
    let reader = InventoryReader(root: root, kernel: kernel)
    self.init(reader.allFunctions(), by: reader)
    nodes = reader.nodes()
  }

  init(_ readings: [FunctionReading], by reader: InventoryReader) {
    self.readings = readings
    others = reader.others
    problems = reader.problems
  }
}

extension Inventory {
  /// The snapshot of a host whose functions were read before `kernel` was known.
  ///
  /// What has happened to them since is not in it: who follows the host hears of that, and reads those again.
  public static func read(
    from root: HostRoot, functions: consuming FunctionReadings, kernel: KernelFacts
  ) -> (Inventory, [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    let nodes = functions.nodes
    // Without netlink the types of links come from sysfs, function by function.
    let inventory =
      reader.knowsLinks ? read(reader.completing(functions), nodes: nodes, by: reader) : read(by: reader)
    return (inventory, reader.problems)
  }
}

extension InventoryReader {
  /// Functions that turn out to have a switch have more files to be read.
  fileprivate func completing(_ functions: consuming FunctionReadings) -> [FunctionReading] {
    let readings = taking(functions)
    var switches = Set(kernel.devlink.filter { $0.value.eswitchMode == "switchdev" }.keys)
    if !switches.isEmpty { switches.formIntersection(readings.map(\.address)) }
    guard !switches.isEmpty else { return readings }
    return readings.filter { !switches.contains($0.address) } + self.functions(switches.sorted())
  }
}
