import HostInventory

extension Attachment {
  /// `vdpa`: the vhost-vdpa node, where the selector asks for a vDPA type; a virtio one has no node and an empty
  /// section.
  static let vdpa = Attachment(name: "vdpa", recheck: { $0.vdpa.isEmpty ? .binding : .everything }) { context in
    guard let wanted = context.selector.vdpaType, let device = context.device.vdpa.first,
      let kind = device.kind, kind.rawValue == wanted
    else { return nil }
    guard kind == .vhost, let path = device.path else { return Contribution() }
    return Contribution(info: ["mount": path], nodes: [DeviceNode(path)])
  }
}
