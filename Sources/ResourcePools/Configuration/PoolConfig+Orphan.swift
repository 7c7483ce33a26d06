public import HostInventory

extension PoolConfig {
  /// A pool whose configuration is not known any more, for units that pods have of it.
  public init(orphan name: ResourceName, units: [HeldUnit], on inventory: Inventory) {
    let device = units.lazy.filter { $0.pool == name }.flatMap(\.deviceIDs).compactMap { inventory[$0] }.first
    let type: DeviceType =
      switch device?.bus {
      case .unifiedBus: .ubNetDevice
      case .auxiliary: .auxNetDevice
      case .pci, nil: device.map { $0.classCode >> 16 == 0x12 } == true ? .accelerator : .netDevice
      }
    let everything = SelectorObject(path: .root, pipeline: SelectorPipeline(stages: []))
    self.init(path: .root, name: name, type: type, selectors: [everything])
    isRetired = true
    isOrphan = true
  }
}
