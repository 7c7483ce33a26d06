import CPCI
import Glibc
import Linux

/// The PCI functions that the bus has now; libpci enumerates it.
enum PCIScan {
  /// Addresses in order. An entry that is not an address becomes a problem and does not hide the rest.
  ///
  /// - Returns: Nil when the host has no PCI bus.
  static func addresses(by reader: InventoryReader) -> [PCIAddress]? {
    let root = reader.root
    guard root.exists(HostPath.pciDevices) else { return nil }
    reader.log?.note(.entry, HostPath.pciDevices)
    var message = [CChar](repeating: 0, count: 256)
    var list: UnsafeMutablePointer<pci_scan_address>?
    var count = 0
    // libpci reads files of each function; while one does not answer, the names have to do.
    let files = SysfsPath(HostPath.pciDevices, in: SysfsPath("libpci:"))
    guard root.thread?.begin(files, "") ?? true else { return plainReading(by: reader) }
    let status = pci_scan_bus_addresses(root.resolve(HostPath.pciBus), &list, &count, &message, message.count)
    root.thread?.end()
    defer { free(list) }
    if status == PCI_SCAN_DONE, let list {
      return UnsafeBufferPointer(start: list, count: count).map { PCIAddress($0) }.sorted()
    }
    if status == PCI_SCAN_ABORTED {
      let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      reader.report(HostPath.pciDevices, "libpci gave up: \(words)")
    }
    return plainReading(by: reader)
  }

  /// The directory itself, for one that libpci does not get through.
  private static func plainReading(by reader: InventoryReader) -> [PCIAddress] {
    var addresses: [PCIAddress] = []
    do throws(HostInventoryError) {
      let devices = try SysfsDirectory(HostPath.pciDevices, in: reader.root, log: reader.log)
      var names: [String] = []
      try devices.forEachEntry { names.append($0.text) }
      for name in names {
        if let address = PCIAddress(name) {
          addresses.append(address)
        } else {
          devices.note(name)
          reader.report(devices.path(of: name), "expected a PCI address such as 0000:3b:00.0, found '\(name)'")
        }
      }
    } catch {
      reader.report(error)
    }
    return addresses.sorted()
  }
}

extension PCIAddress {
  fileprivate init(_ scanned: pci_scan_address) {
    self.init(domain: scanned.domain, bus: scanned.bus, device: scanned.device, function: scanned.function)
  }
}
