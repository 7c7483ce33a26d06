import HostInventory

extension DeviceType {
  /// `netDevice`: network functions, virtual or not; a physical one only while it has no virtual functions.
  static let netDevice = DeviceType(
    name: "netDevice",
    admission: { device, pool, _ in
      guard PCIFunctionRules.isPCI(device, .network) else { return .foreign }
      let refusal =
        PCIFunctionRules.refusal(ofUnusable: device) ?? PCIFunctionRules.refusal(ofParent: device)
        ?? PCIFunctionRules.refusal(ofUplink: device, pool: pool)
      return refusal.map { .refused($0) } ?? .candidate
    },
    selectors: [
      .vendors, .devices, .drivers, .pciAddresses, .acpiIndexes, .pfNames, .rootDevices, .linkTypes, .ddpProfiles,
      .pKeys, .isRDMA, .needVhostNet, .vdpaType,
    ],
    options: [
      PoolOptions.additionalInfo, PoolOptions.excludeDefaultRoute, PoolOptions.vfio, PoolOptions.iommufd,
      PoolOptions.resetOnAllocate,
    ],
    attachments: { _ in [.generic, .vfio, .uio, .additionalInfo, .vdpa, .rdma, .vhostNet, .cxi, .reset] },
    environment: { PCIDeviceEnvironment.variables(of: $0, units: $1, info: $2) },
    cdi: .ownKind(class: "net-pci"), writesDeviceInfo: true, mayTakeUplink: true)
}
