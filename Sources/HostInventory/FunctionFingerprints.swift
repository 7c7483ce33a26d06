import Glibc
import Linux

/// Detects cheaply that a PCI function has changed: two calls of stat(2) for each function, where reading it takes
/// about twenty system calls.
///
/// A function that was removed and added has another inode; a child that appears or disappears (`net`, `infiniband`, a
/// subfunction) changes the number of subdirectories; another driver has another inode. The list of the bus shows functions
/// that are new. An attribute that changes in place, such as an InfiniBand partition table, is not detected, because sysfs
/// keeps no modification times.
///
/// Equal fingerprints mean that no PCI function has to be read again.
public struct FunctionFingerprints: Sendable, Equatable {
  private struct Fingerprint: Sendable, Equatable {
    let inode: UInt
    let subdirectories: UInt
    /// 0 when no driver is bound.
    let driver: UInt
  }

  private let byAddress: [PCIAddress: Fingerprint]
  /// All functions on the bus, in byte order; empty when the bus can't be read.
  private let names: [String]

  /// Reads the fingerprints of the inventory's functions.
  public init(of inventory: Inventory, from root: HostRoot) {
    var found: [PCIAddress: Fingerprint] = [:]
    let bus = open(root.resolve(HostPath.pciDevices), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if bus >= 0 { close(bus) } }
    for device in inventory.devices {
      guard bus >= 0, case .pci(let address) = device.bus else { continue }
      var function = stat()
      guard fstatat(bus, device.id, &function, 0) == 0 else { continue }
      var driver = stat()
      let hasDriver = fstatat(bus, device.id + "/driver", &driver, 0) == 0
      found[address] = Fingerprint(
        inode: UInt(function.st_ino), subdirectories: UInt(function.st_nlink),
        driver: hasDriver ? UInt(driver.st_ino) : 0)
    }
    byAddress = found
    names = (try? DirectoryNames.read(root.resolve(HostPath.pciDevices))) ?? []
  }

  /// Lists the functions that differ from `earlier`. A function that `earlier` lacks is not listed, because it was just
  /// read.
  public func changed(since earlier: FunctionFingerprints) -> Set<PCIAddress> {
    var changed = Set(earlier.byAddress.keys).subtracting(byAddress.keys)
    for (address, fingerprint) in byAddress {
      if let before = earlier.byAddress[address], before != fingerprint { changed.insert(address) }
    }
    return changed
  }
}
