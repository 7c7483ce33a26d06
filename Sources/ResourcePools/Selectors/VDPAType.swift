import HostInventory

extension SelectorKind {
  /// `vdpaType`: functions whose vDPA device is bound to a driver of this type, `vhost` or `virtio`.
  ///
  /// If a function has several vDPA devices, only the first counts.
  static let vdpaType = SelectorKind(
    key: "vdpaType", shape: .text, meaning: "Selects only functions with a vDPA device of this type: vhost or virtio."
  ) { value, path, note in
    guard case .text(let wanted) = value, !wanted.isEmpty else { return nil }
    let kind = VDPADevice.Kind(rawValue: wanted)
    if kind == nil {
      note(ConfigProblem(.warning, path: path, reason: "\(wanted.quoted) matches no device: expected vhost or virtio"))
    }
    return Selector(
      key: "vdpaType", wanted: [wanted], fact: .driver, seen: { $0.vdpa.first?.kind?.rawValue ?? "none" }
    ) { device in
      kind != nil && device.vdpa.first?.kind == kind
    }
  }
}
