import CPCI
import Glibc

/// The PCI functions that the bus has now; libpci enumerates it.
enum PCIScan {
  /// Addresses in order. An entry that is no address is a problem, not the loss of the rest.
  ///
  /// Nil when there is no PCI bus at all.
  static func addresses(_ root: HostRoot, problems: inout [InventoryProblem]) -> [PCIAddress]? {
    guard root.exists(HostPath.pciDevices) else { return nil }
    var message = [CChar](repeating: 0, count: 256)
    var list: UnsafeMutablePointer<pci_scan_address>?
    var count = 0
    let status = pci_scan_bus_addresses(root.resolve(HostPath.pciBus), &list, &count, &message, message.count)
    defer { free(list) }
    if status == PCI_SCAN_DONE, let list {
      return UnsafeBufferPointer(start: list, count: count).map { PCIAddress($0) }.sorted()
    }
    if status == PCI_SCAN_ABORTED {
      let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      problems.append(InventoryProblem(path: HostPath.pciDevices, reason: "libpci gave up: \(words)"))
    }
    return plainReading(root, problems: &problems)
  }

  /// The directory itself, for one that libpci does not get through.
  private static func plainReading(_ root: HostRoot, problems: inout [InventoryProblem]) -> [PCIAddress] {
    var addresses: [PCIAddress] = []
    do throws(HostInventoryError) {
      let devices = try SysfsDirectory(HostPath.pciDevices, in: root)
      for name in try devices.names() {
        if let address = PCIAddress(name) {
          addresses.append(address)
        } else {
          let reason = "expected a PCI address such as 0000:3b:00.0, found '\(name)'"
          problems.append(InventoryProblem(path: devices.path(of: name), reason: reason))
        }
      }
    } catch {
      problems.append(InventoryProblem(error))
    }
    return addresses.sorted()
  }
}

extension PCIAddress {
  fileprivate init(_ scanned: pci_scan_address) {
    self.init(domain: scanned.domain, bus: scanned.bus, device: scanned.device, function: scanned.function)
  }
}

extension InventoryProblem {
  init(_ error: HostInventoryError) {
    self.init(path: error.path ?? "", reason: error.reason)
  }
}
