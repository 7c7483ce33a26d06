import HostInventory

extension DeviceType {
  /// `ubNetDevice`: URMA devices, which move into the pod's network namespace before the container starts.
  static let ubNetDevice = DeviceType(
    name: "ubNetDevice",
    admission: { device, _, _ in
      guard device.bus == .unifiedBus else { return .foreign }
      // A device that the engine lists is on this node, e.g. in a pod that ends, and returns soon.
      if let facts = device.unifiedBus, facts.isElsewhere, !facts.isListedByEngine {
        return .refused(Refusal(stage: "namespace", seen: "in another network namespace", wanted: []))
      }
      if let defect = device.defect { return .refused(Refusal(stage: "facts", seen: defect, wanted: [])) }
      let names = [device.id] + (device.unifiedBus?.kernelDevices ?? [])
      guard !names.contains(UBDevice.reservedDevice) else {
        return .refused(Refusal(stage: "owner", seen: "\(UBDevice.reservedDevice) belongs to the host", wanted: []))
      }
      return .candidate
    },
    selectors: [.ubNames, .drivers, .transportTypes],
    options: [PoolOptions.networkNamespace, PoolOptions.ubsEngine],
    attachments: { _ in [.generic, .unifiedBus] },
    environment: { PCIDeviceEnvironment.variables(of: $0, units: $1, info: $2) },
    fault: { device in
      guard let facts = device.unifiedBus, !facts.isHealthy else { return nil }
      return facts.reason ?? "the device reports that it is not usable"
    },
    cdi: .ownKind(class: "ub-net"), registration: .preStart,
    standardResource: ResourceName(prefix: "unifiedbus.com", name: "ub_net_device"))
}
