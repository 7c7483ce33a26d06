import HostInventory

extension DeviceType {
  /// `auxNetDevice`: subfunctions on the auxiliary bus; vendor, device, driver and NUMA node are the parent's.
  static let auxNetDevice = DeviceType(
    name: "auxNetDevice",
    admission: { device, pool, _ in
      guard case .auxiliary(let auxiliary) = device.bus else { return .foreign }
      // A function's own `eth` and `rdma` devices are on the same bus and have no sfnum.
      guard auxiliary.subfunctionNumber != nil || auxiliary.type == "sf" else { return .foreign }
      let refusal =
        PCIFunctionRules.refusal(ofUnusable: device) ?? refusal(ofStray: device, auxiliary)
        ?? PCIFunctionRules.refusal(ofUplink: device, pool: pool)
      return refusal.map { .refused($0) } ?? .candidate
    },
    selectors: [.vendors, .devices, .drivers, .auxTypes, .pfNames, .rootDevices, .linkTypes, .isRDMA, .needVhostNet],
    attachments: { _ in [.generic, .additionalInfo, .rdma, .vhostNet] },
    environment: { PCIDeviceEnvironment.variables(of: $0, units: $1, info: $2) },
    cdi: .ownKind(class: "net-sf"))

  private static func refusal(ofStray device: Device, _ auxiliary: AuxiliaryDevice) -> Refusal? {
    if auxiliary.subfunctionNumber == nil { return Refusal(stage: "sfnum", seen: "none", wanted: ["a number"]) }
    if device.physicalFunction?.name.isEmpty ?? true {
      return Refusal(stage: "parent", seen: "\(auxiliary.parent) has no netdev", wanted: ["a netdev"])
    }
    return nil
  }
}
