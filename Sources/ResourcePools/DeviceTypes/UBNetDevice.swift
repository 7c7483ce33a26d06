import HostInventory

extension DeviceType {
  /// `ubNetDevice`: URMA devices, which move into the pod's network namespace before the container starts.
  static let ubNetDevice = DeviceType(
    name: "ubNetDevice",
    admission: { device, _, _ in
      guard device.bus == .unifiedBus else { return .foreign }
      if device.unifiedBus?.isElsewhere == true {
        return .refused(Refusal(stage: "namespace", seen: "in another network namespace", wanted: []))
      }
      if let defect = device.defect { return .refused(Refusal(stage: "facts", seen: defect, wanted: [])) }
      // The first bonding device is the host's own and stays there.
      let names = [device.id] + (device.unifiedBus?.kernelDevices ?? [])
      guard !names.contains("bonding_dev_0") else {
        return .refused(Refusal(stage: "owner", seen: "bonding_dev_0 belongs to the host", wanted: []))
      }
      return .candidate
    },
    selectors: [.ubNames, .drivers, .transportTypes],
    attachments: { _ in [.unifiedBus] },
    environment: { _, _, _ in [:] },
    fault: { device in
      guard let facts = device.unifiedBus, !facts.isHealthy else { return nil }
      return facts.reason ?? "the device reports that it is not usable"
    },
    cdi: .ownKind(class: "ub-net"), registration: .preStart,
    standardResource: ResourceName(prefix: "unifiedbus.com", name: "ub_net_device"))
}
