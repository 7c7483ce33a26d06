import HostInventory

/// Finds what can be done about a refusal, from other facts about the device and its host.
struct RefusalAdvice {
  let device: Device
  let inventory: Inventory

  /// The stages that keep a device out of one selector object, with advice where there is any.
  func advising(_ refusals: [Refusal]) -> [Refusal] {
    let identity = refusals.filter { Self.identityStages.contains($0.stage) }
    // The pool does not mean a device of another vendor, model or name, so nothing that is done to it helps. With advice
    // the values of the selector are wrong, and the device may be meant.
    let isMeant = identity.allSatisfy { $0.advice != nil || advice(for: $0, among: refusals) != nil }
    return refusals.map { refusal in
      var advised = refusal
      let isUseful = isMeant || Self.identityStages.contains(refusal.stage)
      let parts = [refusal.advice, isUseful ? advice(for: refusal, among: refusals) : nil].compactMap { $0 }
      advised.advice = parts.isEmpty ? nil : parts.joined(separator: "; ")
      return advised
    }
  }

  /// The stages that ask for a certain device, or for its model.
  private static let identityStages = ["vendors", "devices", "deviceIDs", "pciAddresses", "pfNames", "rootDevices"]

  private func advice(for refusal: Refusal, among refusals: [Refusal]) -> String? {
    switch refusal.stage {
    case "pfNames", "rootDevices": parentAdvice(for: refusal)
    case "vendors", "devices", "deviceIDs": identityAdvice(for: refusal)
    case "drivers": driverAdvice(for: refusal, isOffered: !refusals.contains { $0.stage == Self.parentStage })
    case "driver": "bind a driver to it: vfio-pci, or the NIC's own"
    // Writing 0 removes the VFs of all pods, so it must be the only thing that is missing.
    case Self.parentStage where refusals.count > 1: "a PF with VFs is not offered"
    case Self.parentStage: "a PF with VFs is not offered: select its VFs, or write 0 to its sriov_numvfs"
    case "rdma nodes": device.rdma.isEmpty ? rdmaAdvice : Self.moduleAdvice(for: refusal)
    case "isRdma": rdmaAdvice
    case "vdpaType" where device.vdpa.isEmpty: "it has no vDPA device: vdpa dev add makes one"
    case "linkTypes" where device.linkType.isEmpty:
      "neither it nor its PF has an interface here: a driver such as vfio-pci makes none"
    case "ifNames" where device.interfaces.isEmpty: "it has no interface here"
    default: nil
    }
  }

  private static let parentStage = "sriov_numvfs"

  // MARK: PF and VF

  private func parentAdvice(for refusal: Refusal) -> String? {
    if let pf = device.physicalFunction {
      guard refusal.stage == "pfNames", pf.name.isEmpty else { return nil }
      return "its PF \(pf.address) has no interface here: rootDevices selects by the PF's address"
    }
    guard case .pci = device.bus else { return nil }
    let name = device.interfaces.first?.name ?? device.id
    if device.virtualFunctions != nil {
      return "it is the PF \(name) itself: \(refusal.stage) selects VFs only, pciAddresses selects a PF"
    }
    if isWantedParent(refusal.wanted) {
      return
        "it is \(name) itself, which has no sriov_totalvfs and so no VFs: select it by pciAddresses, vendors or devices"
    }
    return "no PF is seen above it, as for a plain NIC, or a VF inside a virtual machine: "
      + "select it by pciAddresses, vendors or devices"
  }

  /// The values name the device itself as if it were a parent.
  private func isWantedParent(_ wanted: [String]) -> Bool {
    wanted.contains { value in
      let name = value.prefix { $0 != "#" }.lowercased()
      return name == device.id || device.interfaces.contains { $0.name.lowercased() == name }
    }
  }

  /// The PF above, or the VFs below, have what the pool asks for.
  private func identityAdvice(for refusal: Refusal) -> String? {
    let isVendor = refusal.stage == "vendors"
    func id(_ device: Device) -> String { HexIdentifiers.text(isVendor ? device.vendor : device.product) }
    if let parent, refusal.wanted.contains(id(parent)) {
      return "\(id(parent)) is its PF's: VFs have ids of their own"
    }
    if let child = children.first(where: { refusal.wanted.contains(id($0)) }) {
      return "\(id(child)) is that of its VFs: this is the PF"
    }
    return nil
  }

  private func driverAdvice(for refusal: Refusal, isOffered: Bool) -> String? {
    if let driver = parent?.driver, refusal.wanted.contains(driver) {
      return "\(driver) is its PF's driver: write \(refusal.seen) in drivers, or bind it to another"
    }
    if let driver = children.compactMap(\.driver).first(where: refusal.wanted.contains) {
      return "\(driver) is the driver of its VFs: this is the PF"
    }
    guard isOffered else { return nil }
    let wanted = refusal.wanted.filter { DriverNames.fault(of: $0) == nil }
    guard !wanted.isEmpty else { return "write \(refusal.seen) in drivers" }
    return "bind it to \(wanted.alternatives), or add \(refusal.seen) to drivers"
  }

  private var parent: Device? { device.physicalFunction.flatMap { inventory[$0.address.description] } }

  private var children: [Device] {
    guard case .pci(let address) = device.bus, device.virtualFunctions != nil else { return [] }
    return inventory.devices.filter { $0.physicalFunction?.address == address }
  }

  // MARK: RDMA

  /// What a function without an RDMA device needs.
  private var rdmaAdvice: String {
    if let driver = device.driver, device.isBoundToVFIO || device.uio != nil {
      return "bound to \(driver), so it has no RDMA device: bind it to its kernel driver"
    }
    if let module = device.driver.flatMap({ Self.rdmaModules[$0] }) {
      return "no RDMA device is seen below it: load \(module)"
    }
    return
      "no RDMA device is seen below it: load the RDMA module of its driver, if there is one, such as mlx5_ib or irdma"
  }

  /// The modules that make RDMA devices, by the function's driver.
  private static let rdmaModules = [
    "mlx5_core": "mlx5_ib", "mlx4_core": "mlx4_ib", "ice": "irdma", "i40e": "irdma", "iavf": "irdma",
    "bnxt_en": "bnxt_re", "qede": "qedr", "cxgb4": "iw_cxgb4", "mana": "mana_ib",
  ]

  /// The modules that make what is missing.
  private static func moduleAdvice(for refusal: Refusal) -> String? {
    let modules = ["rdma_cm": "rdma_ucm", "uverbs": "ib_uverbs", "umad": "ib_umad"]
    let words = refusal.seen.split { $0 == "," || $0 == " " }.map(String.init)
    let missing = words.compactMap { modules[$0] }
    return missing.isEmpty ? nil : "load \(missing.alternatives(with: "and"))"
  }
}
