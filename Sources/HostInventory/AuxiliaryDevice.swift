/// A device on the auxiliary bus, such as a subfunction `mlx5_core.sf.4`.
///
/// Corresponds to `/sys/bus/auxiliary/devices/<driver>.<type>.<id>`.
public struct AuxiliaryDevice: Sendable, Equatable {
  /// The name in sysfs, e.g. `mlx5_core.sf.4`.
  public let name: String
  /// The middle part of the name, e.g. `sf`, `eth` or `rdma`; empty when the name has another form.
  public let type: String
  /// The number in the file `sfnum`; nil when the device has no such file.
  public var subfunctionNumber: Int?
  /// The PCI function that the device belongs to.
  public var parent: PCIAddress

  /// Creates the facts of an auxiliary device.
  public init(name: String, type: String, subfunctionNumber: Int?, parent: PCIAddress) {
    self.name = name
    self.type = type
    self.subfunctionNumber = subfunctionNumber
    self.parent = parent
  }

  /// The middle part of a name with three parts, the last of them a number; empty for any other name.
  static func type(of name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int(parts[2]), number >= 0 else { return "" }
    return String(parts[1])
  }

  /// Whether a directory's name can be an auxiliary device's: at least two dots, a number after the last one, no blank.
  static func hasName(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let last = name.lastIndex(of: UInt8(ascii: ".")), last + 1 < name.count,
      name[(last + 1)...].allSatisfy({ (0x30...0x39).contains($0) }),
      !name.contains(where: { $0 <= 0x20 })
    else { return false }
    guard let first = name[..<last].firstIndex(of: UInt8(ascii: ".")) else { return false }
    return first > 0 && name[last - 1] != UInt8(ascii: ".")
  }

  /// Reads a subfunction; nil for another auxiliary device, such as the driver's own `mlx5_core.eth.0`.
  ///
  /// Ids, driver and NUMA node are the parent's, as in the SR-IOV network device plugin.
  static func read(
    _ name: String, below function: borrowing SysfsDirectory, of parent: FunctionReading, by reader: InventoryReader
  ) throws(HostInventoryError) -> DeviceFacts? {
    guard let directory = try function.directoryIfPresent(name) else { return nil }
    let number = reader.value { () throws(HostInventoryError) in try directory.integer("sfnum") }
    let type = type(of: name)
    guard number != nil || type == "sf" else { return nil }
    let own = AuxiliaryDevice(name: name, type: type, subfunctionNumber: number, parent: parent.address)
    var device = DeviceFacts(
      id: name, bus: .auxiliary(own), vendor: parent.device.vendor, product: parent.device.product,
      classCode: parent.device.classCode)
    device.driver = parent.device.driver
    device.numaNode = parent.device.numaNode
    device.bridges = parent.device.bridges
    device.pcieRoot = parent.device.pcieRoot
    let interfaces = NetInterface.read(below: directory, by: reader)
    device.interfaces = interfaces ?? []
    device.hidesInterfaces = interfaces?.isEmpty == true
    device.rdma = RDMADevice.read(below: directory, has: [.verbs, .mad, .cm], by: reader)
    if number == nil { device.brokenFact = "it has no subfunction number (sfnum)" }
    return device
  }
}
