/// The use of a PCI function, as far as its own files show it.
///
/// uio, RDMA and the drivers of accelerators leave no trace here.
public enum FunctionUse: String, Sendable {
  /// The file `enable`, which counts users, is above 0. vfio drivers hold the function exactly while a process has it
  /// open; other drivers hold it from their probe on.
  case openByVFIO = "a process has it open by vfio"
  /// The directory `net` or `virtioN/net` exists and is empty: the function has a netdev, in a network namespace that
  /// is not visible here.
  case inOtherNamespace = "its network interface is in another network namespace"
  /// The function's files do not answer.
  case unknown = "its files do not answer"

  /// Looks for a use of the function; nil when there is none.
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
