import Glibc
import Linux

/// One pass over this host: what it found wrong, and what is read once for all devices.
///
/// One object for one pass on one thread.
final class InventoryReader {
  let root: HostRoot
  let kernel: KernelFacts
  let log: AccessLog?
  private(set) var problems: [InventoryProblem] = []
  /// Functions that are never offered: bridges, disks and the rest of the bus.
  private(set) var others: Set<PCIAddress> = []
  /// PFs that have just lost virtual functions: without links to any they have none, and need not be asked.
  var losers: Set<PCIAddress> = []
  /// The link of a PF that was asked for last; see `InventoryAssembly`.
  var lastParentLink: (name: String, link: KernelFacts.Link?)?
  private var classes: [String: CharacterDevices] = [:]

  init(root: HostRoot, kernel: KernelFacts, log: AccessLog? = nil) {
    self.root = root
    self.kernel = kernel
    self.log = log
  }

  /// Netlink has listed the links, so their types are not read from sysfs.
  var knowsLinks: Bool { kernel.links != nil }

  func report(_ error: HostInventoryError) { problems.append(InventoryProblem(error)) }

  func report(_ path: String, _ reason: String) { problems.append(InventoryProblem(path: path, reason: reason)) }

  /// The result of `read`; nil, and a problem, when it throws.
  func value<T>(_ read: () throws(HostInventoryError) -> T?) -> T? {
    do throws(HostInventoryError) { return try read() } catch {
      report(error)
      return nil
    }
  }

  /// Functions, in no order; one that can't be read is a problem and left out. Many are read on several threads.
  func functions(_ addresses: [PCIAddress]) -> [FunctionReading] {
    let count = readers(of: addresses)
    guard count > 1 else { return read(addresses) }
    // Neighbours take about the same time, so each thread takes every n-th function.
    let shares = (0..<count).map { first in
      stride(from: first, to: addresses.count, by: count).map { addresses[$0] }
    }
    let parts = DedicatedThread.map(shares, name: "host-share") { [root, kernel, losers] share in
      let reader = InventoryReader(root: root.onAnotherThread, kernel: kernel)
      reader.losers = losers
      return Part(readings: reader.read(share), others: reader.others, problems: reader.problems)
    }
    problems += parts.flatMap(\.problems).sorted { $0.path < $1.path }
    for part in parts { others.formUnion(part.others) }
    return parts.flatMap(\.readings)
  }

  /// What one thread read.
  private struct Part: Sendable {
    let readings: [FunctionReading]
    let others: Set<PCIAddress>
    let problems: [InventoryProblem]
  }

  /// For fewer functions than this a thread costs more than it saves.
  private static let leastShare = 32
  /// A scan does not take all processors of a large host.
  private static let mostReaders = 4

  private func readers(of addresses: [PCIAddress]) -> Int {
    // A log belongs to one thread.
    guard log == nil else { return 1 }
    return min(addresses.count / Self.leastShare, Self.mostReaders, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  private func read(_ addresses: [PCIAddress]) -> [FunctionReading] {
    guard !addresses.isEmpty else { return [] }
    do throws(HostInventoryError) {
      let devices = try SysfsDirectory(HostPath.pciDevices, in: root, log: log)
      var readings: [FunctionReading] = []
      for address in addresses { if let reading = function(address, in: devices) { readings.append(reading) } }
      return readings
    } catch {
      report(error)
      return []
    }
  }

  private func function(_ address: PCIAddress, in devices: borrowing SysfsDirectory) -> FunctionReading? {
    let known = problems.count
    do throws(HostInventoryError) {
      var reading = try FunctionReading.read(address, in: devices, by: self)
      if reading == nil { others.insert(address) }
      if let silence = silence(of: address, since: known) {
        reading?.device.brokenFact = "\(silence.path): \(silence.reason)"
      }
      return reading
    } catch {
      report(error)
      _ = silence(of: address, since: known)
      return nil
    }
  }

  /// The first of the function's files that does not answer, among the problems since then.
  private func silence(of address: PCIAddress, since known: Int) -> InventoryProblem? {
    var first: InventoryProblem?
    for index in problems.indices[known...] where problems[index].isSilence {
      problems[index].function = address
      if first == nil { first = problems[index] }
    }
    return first
  }

  /// What the bus has now, in order.
  func addresses() -> [PCIAddress] {
    guard let addresses = PCIScan.addresses(by: self) else {
      report(HostPath.pciDevices, "no such directory: this host has no PCI bus, or its /sys is not here")
      return []
    }
    return addresses
  }

  /// Notes functions that are known not to be offered, and are not read again.
  func keep(others: Set<PCIAddress>) { self.others.formUnion(others) }

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

  /// By IOMMU group, from each function's own link; only a tree without the groups' directories needs it.
  lazy var groupsByLink: [Int: [PCIAddress]] = {
    var groups: [Int: [PCIAddress]] = [:]
    guard let devices = try? SysfsDirectory(HostPath.pciDevices, in: root) else { return [:] }
    for address in ((try? devices.names()) ?? []).compactMap({ PCIAddress($0) }).sorted() {
      guard let name = try? devices.linkName("\(address)/iommu_group"), let number = Int(name) else { continue }
      groups[number, default: []].append(address)
    }
    return groups
  }()

  lazy var uplinks = Uplinks(kernel)

  /// By management device.
  lazy var vdpaLinks = Dictionary(grouping: kernel.vdpa.filter { $0.bus == "pci" }, by: \.parent)

  func nodes() -> HostNodes { HostNodes.read(HostNodes.Node.allCases, from: root, log: log) }
}
