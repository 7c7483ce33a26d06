import CLinux
import EventLoop
import Glibc

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
  /// The link of a PF that was asked for last; see `InventoryAssembly`.
  var lastParentLink: (name: String, link: KernelFacts.Link?)?
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

  /// Functions, in no order; one that can't be read is a problem and left out. Many are shared out among threads.
  func functions(_ addresses: [PCIAddress]) -> [FunctionReading] {
    guard !addresses.isEmpty else { return [] }
    let portions = Portions(of: addresses, size: Self.portion)
    let known = problems.count
    let elsewhere = (1..<readers(of: addresses)).map { _ in
      ParallelWork(name: "host-share") { [root, kernel, losers] in
        let reader = InventoryReader(root: root, kernel: kernel)
        reader.losers = losers
        return FunctionReadings(reader.read(portions), by: reader)
      }
    }
    let readings = elsewhere.reduce(read(portions)) { $0 + taking($1.value()) }
    // Who read what is chance.
    if !elsewhere.isEmpty { problems[known...].sort { $0.path < $1.path } }
    return readings
  }

  /// For fewer functions than this a thread costs more than it saves.
  private static let leastShare = 32
  /// Functions that a reader takes at a time.
  private static let portion = 4
  /// A scan is not to have all processors of a large host to itself.
  private static let mostReaders = 4

  private func readers(of addresses: [PCIAddress]) -> Int {
    let wanted = min(addresses.count / Self.leastShare, Self.mostReaders)
    // A log is of one thread.
    return wanted > 1 && log == nil ? min(wanted, Int(clinux_processors())) : 1
  }

  /// What another reader has read.
  func taking(_ other: consuming FunctionReadings) -> [FunctionReading] {
    problems += other.problems
    others.formUnion(other.others)
    return other.readings
  }

  /// What nobody else takes of it; nothing, where the directory can't be opened: then the others take it all.
  private func read(_ portions: Portions<PCIAddress>) -> [FunctionReading] {
    var readings: [FunctionReading] = []
    do throws(HostInventoryError) {
      let devices = try SysfsDirectory(HostPath.pciDevices, in: root, log: log)
      while let portion = portions.next() {
        for address in portion { if let reading = function(address, in: devices) { readings.append(reading) } }
        // Who makes the rest of the program ready comes first: what is left to it would be left to do alone.
        sched_yield()
      }
    } catch {
      report(error)
    }
    return readings
  }

  private func function(_ address: PCIAddress, in devices: borrowing SysfsDirectory) -> FunctionReading? {
    do throws(HostInventoryError) {
      let reading = try FunctionReading.read(address, in: devices, by: self)
      if reading == nil { others.insert(address) }
      return reading
    } catch {
      report(error)
      return nil
    }
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
