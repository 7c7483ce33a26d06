import CPCI

/// Names of vendors and products from pci.ids, for people. The file is read by the first lookup.
///
/// `@unchecked Sendable`: the C code serialises its callers.
public final class PCINames: @unchecked Sendable {
  private let names: OpaquePointer?

  /// Prepares the lookup; nothing is read yet.
  public init() { names = pci_names_open() }

  deinit { if let names { pci_names_close(names) } }

  /// The vendor's name; nil when pci.ids does not exist or does not list the vendor.
  public func vendor(_ id: UInt16) -> String? {
    text { names, buffer, size in pci_names_vendor(names, id, buffer, size) }
  }

  /// The product's name; nil when pci.ids does not exist or does not list the product.
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
