import HostInventory

extension Attachment {
  /// `cxi`: the node of a Slingshot function, for functions bound to `cxi_ss1`.
  static let cxi = Attachment(name: "cxi", recheck: { $0.cxi == nil ? .binding : .everything }) { context in
    guard context.device.driver == "cxi_ss1", let name = context.device.cxi else { return nil }
    return Contribution(info: ["mount": "/dev/\(name)"], nodes: [DeviceNode("/dev/\(name)")])
  }
}
