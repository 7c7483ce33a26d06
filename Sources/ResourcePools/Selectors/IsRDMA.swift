public import HostInventory

extension SelectorKind {
  /// `isRdma`: only RDMA devices when true; false asks for nothing.
  static let isRDMA = SelectorKind(
    key: "isRdma", shape: .flag, meaning: "Selects only RDMA devices; containers get their RDMA device nodes."
  ) { value, _, _ in
    guard value == .flag(true) else { return nil }
    return Selector(
      key: "isRdma", wanted: ["true"], fact: .link, seen: { $0.isRDMA ? "true" : "false" }, accepts: { $0.isRDMA })
  }
}

extension Device {
  /// Whether the device has RDMA devices, or devlink reports that RDMA is enabled. In RDMA namespace mode `exclusive`
  /// the RDMA device of a function in use is visible only in the pod.
  public var isRDMA: Bool { !rdma.isEmpty || devlinkEnableRDMA == true }
}
