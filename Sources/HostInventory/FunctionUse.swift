/// Whether a PCI function's own files show that something uses it.
///
/// Not every use shows: uio, RDMA and the drivers of accelerators leave no trace here.
public enum FunctionUse: String, Sendable {
  /// `enable` counts the users of the function: drivers of vfio hold it for as long as a process has it open, and
  /// no longer; others do from their probe on.
  case openByVFIO = "a process has it open by vfio"
  /// `net` or `virtioN/net` is there, since the function has a netdev, and empty, since that is in no namespace of
  /// ours.
  case inOtherNamespace = "its network interface is in another network namespace"
  case unknown = "its files do not answer"

  /// The sign of a use; nil when there is none.
  public static func sign(of address: String, on root: HostRoot) -> FunctionUse? {
    do throws(HostInventoryError) {
      let function = try SysfsDirectory("\(HostPath.pciDevices)/\(address)", in: root)
      if VFIODriver.has(try function.linkName("driver")) {
        return try function.integer("enable") ?? 0 > 0 ? .openByVFIO : nil
      }
      let places = try ["net"] + function.names { $0.hasPrefix("virtio") }.map { "\($0)/net" }
      var isEmptyPlace = false
      for place in places {
        guard let names = try function.names(in: place) else { continue }
        guard names.isEmpty else { return nil }
        isEmptyPlace = true
      }
      return isEmptyPlace ? .inOtherNamespace : nil
    } catch {
      if case .unanswered = error { return .unknown }
      return nil
    }
  }
}
