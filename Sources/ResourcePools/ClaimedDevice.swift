public import HostInventory

/// A device of this host that another program allocated by Dynamic Resource Allocation.
public struct ClaimedDevice: Sendable, Hashable {
  /// The device's id in the inventory.
  public let device: String
  /// The name of the DRA driver, e.g. `dra.example.com`.
  public let driver: String
  /// The pod as `namespace/name`.
  public let pod: String

  /// Creates a claimed device.
  public init(device: String, driver: String, pod: String) {
    self.device = device
    self.driver = driver
    self.pod = pod
  }

  var reason: String { "allocated by DRA driver \(driver) to pod \(pod)" }
}

extension ClaimedDevice {
  /// Finds the devices that the names in a claim mean.
  ///
  /// kubelet reports a device's name in its driver's ResourceSlice and the names of its CDI devices. The PCI address is
  /// an attribute that only the API server has. Drivers of PCI devices put the address into the name
  /// (`pci-0000-3b-02-0`, `0000-3b-02-0`); those of networks sometimes use the name of the interface or RDMA device.
  ///
  /// - Returns: Ids of devices of `inventory`.
  public static func devices(named device: String, cdi: [String] = [], on inventory: Inventory) -> [String] {
    let addresses = ([device] + cdi).flatMap(addresses(in:)).map(\.description)
    let found = addresses.filter { inventory[$0] != nil }
    guard found.isEmpty else { return Set(found).sorted() }
    let name = spelled(device)
    guard !name.isEmpty else { return [] }
    return inventory.devices.filter { candidate in
      ([candidate.id] + candidate.interfaces.map(\.name) + candidate.rdma.map(\.name)).contains { spelled($0) == name }
    }.map(\.id)
  }

  /// Finds four groups of hex digits next to each other, of 4 to 8, 2, 2 and 1 digits.
  private static func addresses(in name: String) -> [PCIAddress] {
    let parts = name.lowercased().split { !$0.isHexDigit }
    return parts.indices.compactMap { index in
      guard index + 3 < parts.count, (4...8).contains(parts[index].count), parts[index + 1].count == 2,
        parts[index + 2].count == 2, parts[index + 3].count == 1
      else { return nil }
      return PCIAddress("\(parts[index]):\(parts[index + 1]):\(parts[index + 2]).\(parts[index + 3])")
    }
  }

  /// The name as a DNS label.
  private static func spelled(_ name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }
}
