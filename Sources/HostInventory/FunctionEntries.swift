import Glibc
import Linux

/// Which of the optional entries a PCI function's directory has, from one listing.
///
/// What is not listed is not asked for: a failed open costs as much as one that succeeds.
struct FunctionEntries {
  private(set) var known: Set = []
  /// Numbers of the `virtfnN` links.
  private(set) var virtualFunctionLinks: [Int] = []
  /// Directories whose names have the form of an auxiliary device, in byte order.
  private(set) var auxiliary: [String] = []
  /// `virtioN` directories, in byte order: the netdevs of a virtio function are below these.
  private(set) var virtio: [String] = []

  struct Set: OptionSet {
    let rawValue: UInt16
    static let net = Set(rawValue: 1 << 0)
    static let uio = Set(rawValue: 1 << 1)
    static let driver = Set(rawValue: 1 << 2)
    static let physfn = Set(rawValue: 1 << 3)
    static let numaNode = Set(rawValue: 1 << 4)
    static let acpiIndex = Set(rawValue: 1 << 5)
    static let infiniband = Set(rawValue: 1 << 6)
    static let iommuGroup = Set(rawValue: 1 << 7)
    static let sriovTotal = Set(rawValue: 1 << 8)
    static let sriovNumber = Set(rawValue: 1 << 9)
    static let verbs = Set(rawValue: 1 << 10)
    static let mad = Set(rawValue: 1 << 11)
    static let cm = Set(rawValue: 1 << 12)
    static let vfioDevice = Set(rawValue: 1 << 13)
    static let cxi = Set(rawValue: 1 << 14)
  }

  init(of directory: borrowing SysfsDirectory) throws(HostInventoryError) {
    var known: Set = []
    var links: [Int] = []
    var auxiliary: [String] = []
    var virtio: [String] = []
    try directory.forEachEntry { entry in
      let one = Self.match(entry)
      if !one.isEmpty {
        known.formUnion(one)
        directory.note(entry)
      } else if entry.hasPrefix("virtfn") {
        if let number = SysfsFile.integer(UnsafeRawBufferPointer(rebasing: entry.name[6...])) {
          links.append(number)
          directory.note(entry)
        }
      } else if entry.hasPrefix("virtio"), entry.mayBeDirectory {
        let number = SysfsFile.integer(UnsafeRawBufferPointer(rebasing: entry.name[6...]))
        if number != nil { virtio.append(entry.text) }
      } else if entry.mayBeDirectory, AuxiliaryDevice.hasName(entry.name) {
        auxiliary.append(entry.text)
      }
    }
    self.known = known
    virtualFunctionLinks = links.sorted()
    self.auxiliary = auxiliary.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.virtio = virtio.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  func has(_ entry: Set) -> Bool { known.contains(entry) }

  /// Empty for most of a function's fifty entries; by length first, since it is asked for them all.
  private static func match(_ entry: DirectoryEntry) -> Set {
    switch entry.name.count {
    case 3: entry.hasPrefix("net") ? .net : entry.hasPrefix("uio") ? .uio : []
    case 6: entry.hasPrefix("driver") ? .driver : entry.hasPrefix("physfn") ? .physfn : []
    case 8: entry.hasPrefix("vfio-dev") ? .vfioDevice : entry.hasPrefix("cxi_user") ? .cxi : []
    case 9: entry.hasPrefix("numa_node") ? .numaNode : []
    case 10: entry.hasPrefix("infiniband") ? .infiniband : entry.hasPrefix("acpi_index") ? .acpiIndex : []
    case 11: entry.hasPrefix("iommu_group") ? .iommuGroup : []
    case 12: entry.hasPrefix("sriov_numvfs") ? .sriovNumber : []
    case 13: entry.hasPrefix("infiniband_cm") ? .cm : []
    case 14: entry.hasPrefix("sriov_totalvfs") ? .sriovTotal : entry.hasPrefix("infiniband_mad") ? .mad : []
    case 16: entry.hasPrefix("infiniband_verbs") ? .verbs : []
    default: []
    }
  }
}
