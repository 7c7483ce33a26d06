import HostInventory

extension Attachment {
  /// `resetOnAllocate`: a container gets the function after a reset, and nothing else of it by this.
  ///
  /// Replicas of a device may be in use by other containers, so such a device is never reset.
  static let reset = Attachment(
    name: "reset",
    effects: { contexts in
      contexts.filter { $0.pool.resetOnAllocate && $0.pool.replicas == 1 }.compactMap { context in
        if case .pci(let address) = context.device.bus { ResetFunction(address: address.description) } else { nil }
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

extension PoolOptions {
  static let resetOnAllocate = PoolOption.flag(
    "resetOnAllocate",
    meaning: "A device gets a function level reset before it is handed out, unless something uses it.")
}

extension PoolConfig {
  /// Function level reset before a device is handed out.
  public var resetOnAllocate: Bool {
    get { self[PoolOptions.resetOnAllocate] ?? false }
    set { self[PoolOptions.resetOnAllocate] = newValue }
  }
}
