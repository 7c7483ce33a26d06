extension Inventory {
  /// Reads every device of the host. A problem costs at most the device it is about.
  ///
  /// - Returns: The snapshot, and what could not be read.
  public static func read(from root: HostRoot, kernel: KernelFacts) -> (Inventory, [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    let inventory = read(by: reader)
    return (inventory, reader.problems)
  }

  static func read(by reader: InventoryReader) -> Inventory {
    Inventory(DeviceSources.all.flatMap { $0.readAll(by: reader) }, by: reader)
  }

  /// The snapshot of a pass over all sources.
  init(_ devices: [Device], by reader: InventoryReader) {
    self.init(devices: Self.inOrder(devices, by: reader), nodes: reader.nodes(), others: reader.others)
  }

  /// Reads these devices again, for Allocate. A device that no longer exists is left out.
  ///
  /// Facts by which pools select (a VF's PF name and number) stay those of this snapshot while the PF is the same, so
  /// the cost does not grow with the node. All facts of a function stay if its binding is unchanged and `depth` asks
  /// for no more.
  public func reading(
    again ids: [String], depth: (Device) -> Recheck = { _ in .everything }, from root: HostRoot, kernel: KernelFacts
  ) -> (devices: [Device], problems: [InventoryProblem]) {
    let reader = InventoryReader(root: root, kernel: kernel)
    let devices = reading(again: ids, depth: depth, by: reader)
    return (devices, reader.problems)
  }

  /// The devices, when all of them are known by their bindings and are bound as before; else nil.
  func boundAsBefore(
    _ ids: [String], depth: (Device) -> Recheck, on root: HostRoot, _ kernel: KernelFacts
  ) -> [Device]? {
    let reader = InventoryReader(root: root, kernel: kernel)
    var devices: [Device] = []
    for id in Set(ids) {
      guard let known = self[id], known.isBoundAsBefore(depth, by: reader) else { return nil }
      devices.append(known)
    }
    return Self.inOrder(devices, by: reader)
  }

  func reading(
    again ids: [String], depth: (Device) -> Recheck = { _ in .everything }, by reader: InventoryReader
  ) -> [Device] {
    let known = Set(ids).compactMap { self[$0] }
    let devices = DeviceSources.all.flatMap { source in
      source.recheck(known.filter { source.reads($0, by: reader) }, of: self, depth: depth, by: reader)
    }
    return Self.inOrder(devices, by: reader)
  }

  func knownPhysicalFunction(of id: String, at address: PCIAddress) -> PhysicalFunction? {
    guard let known = self[id]?.physicalFunction, known.address == address else { return nil }
    // A PF that was missing is looked for again: without it the function must not be offered.
    return self[address.description] == nil ? nil : known
  }
}
