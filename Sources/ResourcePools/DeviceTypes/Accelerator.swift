import HostInventory

extension DeviceType {
  /// `accelerator`: processing accelerators, Rebellions' NPUs among them.
  static let accelerator = DeviceType(
    name: "accelerator",
    admission: { device, _, _ in
      guard PCIFunctionRules.isPCI(device, .accelerator) else { return .foreign }
      let refusal =
        PCIFunctionRules.refusal(ofUnusable: device)
        ?? (RebellionsProduct.isNPU(device) ? PCIFunctionRules.refusal(ofParent: device) : nil)
      return refusal.map { .refused($0) } ?? .candidate
    },
    selectors: [.vendors, .devices, .drivers, .pciAddresses, .acpiIndexes],
    options: [
      PoolOptions.additionalInfo, PoolOptions.vfio, PoolOptions.iommufd, PoolOptions.allowCrossNuma,
      PoolOptions.resetOnAllocate, PoolOptions.rsdGroups,
    ],
    attachments: { device in
      switch (RebellionsProduct.isNPU(device), device.driver) {
      case (true, "rebellions"): [.rebellions, .reset]
      case (true, VFIODriver.generic): [.vfio, .reset]
      default: [.generic, .vfio, .uio, .additionalInfo, .reset]
      }
    },
    arrange: { units in
      // The driver groups the NPUs of one container and refuses some orders.
      containsNPU(units) ? units.sorted { $0.id < $1.id } : units
    },
    environment: { pool, units, info in
      var variables = PCIDeviceEnvironment.variables(of: pool, units: units, info: info)
      // KubeVirt passes the devices in this variable to its guests.
      if containsNPU(units) {
        variables[pool.environmentVariable("PCI_RESOURCE")] = PCIDeviceEnvironment.ids(of: units)
      }
      return variables
    },
    fault: { device in
      guard RebellionsProduct.isNPU(device), device.driver == "rebellions" else { return nil }
      return if case .unknown(let reason) = device.rebellions { reason } else { device.npuFault }
    },
    cdi: .ownKind(class: "net-accel"))

  private static func containsNPU(_ units: [Unit]) -> Bool {
    units.contains { $0.members.contains { RebellionsProduct.isNPU($0.device) } }
  }
}

extension PoolOptions {
  static let allowCrossNuma = PoolOption.flag(
    "allowCrossNuma",
    meaning: "With preferredAllocation topology, one container may get NPUs of several NUMA nodes; "
      + "otherwise it is refused.")
}

extension PoolConfig {
  /// Whether one container may get NPUs of several NUMA nodes with `preferredAllocation: topology`. Otherwise a request
  /// that no node can satisfy is refused.
  public var allowCrossNuma: Bool {
    get { self[PoolOptions.allowCrossNuma] ?? false }
    set { self[PoolOptions.allowCrossNuma] = newValue }
  }
}
