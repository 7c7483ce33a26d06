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
  /// It shows RDMA devices, or devlink says that RDMA is enabled: with RDMA namespaces in `exclusive` mode the RDMA
  /// device of a function in use is seen only in the pod.
  public var isRDMA: Bool { !rdma.isEmpty || devlinkEnableRDMA == true }
}
