import HostInventory

extension Attachment {
  /// `uio`: the first node of the function's `uio` directory, for the drivers `uio` and `igb_uio`.
  ///
  /// Without that directory there is no node and INFO has an empty section.
  static let uio = Attachment(name: "uio", recheck: { hasOwnNode($0) ? .everything : .binding }) { context in
    guard context.device.driver == "uio" || context.device.driver == "igb_uio" else { return nil }
    guard let name = context.device.uio?.first else { return Contribution() }
    return Contribution(info: ["mount": "/dev/\(name)"], nodes: [DeviceNode("/dev/\(name)")])
  }

  /// The node may be removed and created with another number while the driver stays.
  private static func hasOwnNode(_ device: Device) -> Bool {
    device.uio != nil || ["uio", "igb_uio", "uio_pci_generic"].contains(device.driver)
  }
}
