import HostInventory

extension DeviceType {
  /// `ubNetDevice`: URMA devices, which move into the pod's network namespace before the container starts.
  static let ubNetDevice = DeviceType(
    name: "ubNetDevice",
    admission: { device, _, _ in
      guard device.bus == .unifiedBus else { return .foreign }
      return device.defect.map { .refused(Refusal(stage: "facts", seen: $0, wanted: [])) } ?? .candidate
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
