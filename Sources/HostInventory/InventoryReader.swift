import CLinux
import EventLoop

/// One pass over this host: what it found wrong, and what is read once for all devices.
///
/// One object for one pass on one thread.
final class InventoryReader {
  let root: HostRoot
  let kernel: KernelFacts
  let log: AccessLog?
  private(set) var problems: [InventoryProblem] = []
  /// Functions that are no devices to offer: bridges, disks and the rest of the bus.
  private(set) var others: Set<PCIAddress> = []
  /// PFs that have just lost virtual functions: without links to any they have none, and need not be asked.
  var losers: Set<PCIAddress> = []
  var bridges = BridgePath()
  private var classes: [String: CharacterDevices] = [:]

  init(root: HostRoot, kernel: KernelFacts, log: AccessLog? = nil) {
    self.root = root
    self.kernel = kernel
    self.log = log
  }

  /// Netlink said which links there are; sysfs then need not be asked for their types.
  var knowsLinks: Bool { kernel.links != nil }

  func report(_ error: HostInventoryError) { problems.append(InventoryProblem(error)) }

  func report(_ path: String, _ reason: String) { problems.append(InventoryProblem(path: path, reason: reason)) }

  /// What `read` gives; nil, and a problem, when it throws.
  func value<T>(_ read: () throws(HostInventoryError) -> T?) -> T? {
    do throws(HostInventoryError) { return try read() } catch {
      report(error)
      return nil
    }
  }

  /// Functions by address; one that can't be read is a problem and left out. Many are shared out among threads.
  func functions(_ addresses: [PCIAddress]) -> [FunctionReading] {
    let shares = shares(of: addresses)
    let elsewhere = shares.dropFirst().map { share in
      ParallelWork(name: "host-share") { [root, kernel, losers] in
        let reader = InventoryReader(root: root, kernel: kernel)
        reader.losers = losers
        return FunctionReadings(reader.readFunctions(share), by: reader)
      }
    }
    return elsewhere.reduce(readFunctions(shares.first ?? [])) { $0 + taking($1.value()) }
  }

  /// Below so many the thread costs more than it saves.
  private static let leastShare = 128
  /// A scan is not to have all processors of a large host to itself.
  private static let mostShares = 4

  private func shares(of addresses: [PCIAddress]) -> [ArraySlice<PCIAddress>] {
    let wanted = min(addresses.count / Self.leastShare, Self.mostShares)
    // A log is of one thread.
    let count = wanted > 1 && log == nil ? min(wanted, Int(clinux_processors())) : 1
    guard count > 1 else { return [addresses[...]] }
    return (0..<count).map { addresses[($0 * addresses.count / count)..<(($0 + 1) * addresses.count / count)] }
  }

  /// What another reader has read.
  func taking(_ other: FunctionReadings) -> [FunctionReading] {
    problems += other.problems
    others.formUnion(other.others)
    return other.readings
  }

  private func readFunctions(_ addresses: ArraySlice<PCIAddress>) -> [FunctionReading] {
    guard !addresses.isEmpty else { return [] }
    var readings: [FunctionReading] = []
    readings.reserveCapacity(addresses.count)
    do throws(HostInventoryError) {
      let devices = try SysfsDirectory(HostPath.pciDevices, in: root, log: log)
      for address in addresses {
        do throws(HostInventoryError) {
          if let reading = try FunctionReading.read(address, in: devices, by: self) {
            readings.append(reading)
          } else {
            others.insert(address)
          }
        } catch {
          report(error)
        }
      }
    } catch {
      report(error)
    }
    return readings
  }

  /// What the bus has now, in order.
  func addresses() -> [PCIAddress] {
    guard let addresses = PCIScan.addresses(by: self) else {
      report(HostPath.pciDevices, "no such directory: this host has no PCI bus, or its /sys is not here")
      return []
    }
    return addresses
  }

  /// Every PCI function that the bus has now.
  func allFunctions() -> [FunctionReading] {
    functions(addresses())
  }

  /// A class of RDMA character devices, read when the first device needs it.
  func characterDevices(of facet: CharacterDevices.Facet) -> CharacterDevices {
    if let known = classes[facet.directory] { return known }
    var nodes = CharacterDevices()
    nodes.read(classOf: facet, in: root, by: self)
    classes[facet.directory] = nodes
    return nodes
  }

  /// By management device.
  lazy var vdpaLinks = Dictionary(grouping: kernel.vdpa.filter { $0.bus == "pci" }, by: \.parent)

  func nodes() -> HostNodes { HostNodes.read(HostNodes.Node.allCases, from: root, log: log) }
}
