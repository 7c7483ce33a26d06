import CPCI

/// Names of vendors and products for people to read, from pci.ids; the file is read by the first lookup.
///
/// `@unchecked Sendable`: the C side lets one caller in at a time.
public final class PCINames: @unchecked Sendable {
  private let names: OpaquePointer?

  public init() { names = pci_names_open() }

  deinit { if let names { pci_names_close(names) } }

  /// Nil when pci.ids is not on this host or does not know the vendor.
  public func vendor(_ id: UInt16) -> String? {
    text { names, buffer, size in pci_names_vendor(names, id, buffer, size) }
  }

  /// Nil when pci.ids is not on this host or does not know the product.
  public func product(_ id: UInt16, of vendor: UInt16) -> String? {
    text { names, buffer, size in pci_names_product(names, vendor, id, buffer, size) }
  }

  private func text(_ lookUp: (OpaquePointer, UnsafeMutablePointer<CChar>, Int) -> Int32) -> String? {
    guard let names else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, lookUp(names, base, buffer.count) == 0 else { return nil }
      return String(cString: base)
    }
  }
}
