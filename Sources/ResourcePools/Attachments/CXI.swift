import HostInventory

extension Attachment {
  /// `cxi`: the node of a Slingshot function, for functions bound to `cxi_ss1`.
  ///
  /// Another module, cxi_user, makes the node: it comes and goes while the driver stays.
  static let cxi = Attachment(name: "cxi", recheck: { $0.driver == cxiDriver ? .everything : .binding }) { context in
    guard context.device.driver == cxiDriver, let name = context.device.cxi else { return nil }
    return Contribution(info: ["mount": "/dev/\(name)"], nodes: [DeviceNode("/dev/\(name)")])
  }

  private static let cxiDriver = "cxi_ss1"
}
