import HostInventory

extension Attachment {
  /// `resetOnAllocate`: a container gets the function after a reset, and nothing else of it by this.
  ///
  /// Replicas of a device may be in use by other containers, so such a device is never reset.
  static let reset = Attachment(
    name: "reset",
    effects: { pool, devices in
      guard pool.resetOnAllocate, pool.replicas == 1 else { return [] }
      return devices.compactMap { device in
        if case .pci(let address) = device.bus { ResetFunction(address: address.description) } else { nil }
      }
    },
    contribute: { _ in nil })
}

/// Reset the PCI function at this address.
public struct ResetFunction: HostEffect {
  public let address: String

  public init(address: String) { self.address = address }

  public var resetDevice: String? { address }
  public var description: String { "reset \(address)" }
}
