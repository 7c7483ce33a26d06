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
        PCIFunctionRules.refusal(ofUnusable: device) ?? PCIFunctionRules.refusal(ofUplink: device, pool: pool)
      return refusal.map { .refused($0) } ?? .candidate
    },
    selectors: [.vendors, .devices, .drivers, .auxTypes, .pfNames, .rootDevices, .linkTypes, .isRDMA, .needVhostNet],
    options: [PoolOptions.additionalInfo, PoolOptions.excludeDefaultRoute],
    attachments: { _ in [.generic, .additionalInfo, .rdma, .vhostNet] },
    environment: { PCIDeviceEnvironment.variables(of: $0, units: $1, info: $2) },
    cdi: .ownKind(class: "net-sf"), mayTakeUplink: true)
}
