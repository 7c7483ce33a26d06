import HostInventory

extension Attachment {
  /// `resetOnAllocate`: a function is reset before a container gets it. The attachment contributes nothing else.
  ///
  /// Other containers may use the same device by other replicas, so a device with replicas is never reset.
  static let reset = Attachment(
    name: "reset",
    effects: { contexts in
      contexts.filter { $0.pool.resetOnAllocate && $0.pool.replicas == 1 }.compactMap { context in
        if case .pci(let address) = context.device.bus { ResetFunction(address: address.description) } else { nil }
      }
    },
    contribute: { _ in nil })
}

/// Resets a PCI function through sysfs.
public struct ResetFunction: HostEffect {
  /// The function's PCI address.
  public let address: String

  /// Creates the effect.
  public init(address: String) { self.address = address }

  /// The address, which is the device's id.
  public var resetDevice: String? { address }
  public var description: String { "reset \(address)" }
}

extension PoolOptions {
  static let resetOnAllocate = PoolOption.flag(
    "resetOnAllocate",
    meaning: "A device gets a function level reset before it is handed out, unless something uses it.")
}

extension PoolConfig {
  /// Whether a function gets a function level reset before a container gets it.
  public var resetOnAllocate: Bool {
    get { self[PoolOptions.resetOnAllocate] ?? false }
    set { self[PoolOptions.resetOnAllocate] = newValue }
  }
}
