import HostInventory

extension DeviceType {
  /// Pools of `configList`: RDMA devices that many containers use at the same time. kubelet counts units instead of
  /// devices.
  static let rdmaShared = DeviceType(
    name: "rdmaShared", ownership: .shared,
    admission: { device, _, nodes in
      guard PCIFunctionRules.isPCI(device, .network) else { return .foreign }
      let refusal = PCIFunctionRules.refusal(ofUnusable: device) ?? refusal(ofIncomplete: device, nodes)
      return refusal.map { .refused($0) } ?? .candidate
    },
    selectors: [.vendors, .deviceIDs, .drivers, .ifNames, .linkTypes],
    attachments: { _ in [.sharedRDMA] },
    environment: { _, _, _ in [:] },
    cdi: .commonKind(vendor: "nvidia.com", class: "net-rdma"))

  /// The nodes that verbs need. `issm` is for subnet managers and does not exist for Ethernet.
  private static func refusal(ofIncomplete device: Device, _ nodes: HostNodes) -> Refusal? {
    let names = device.rdma.flatMap(\.characterDevices)
    var missing = ["umad", "uverbs"].filter { kind in !names.contains { $0.hasPrefix(kind) } }
    if !nodes.has(.rdmaCM) { missing.append("rdma_cm") }
    guard !missing.isEmpty else { return nil }
    return Refusal(stage: "rdma nodes", seen: "no \(missing.joined(separator: ", no "))", wanted: [])
  }
}
