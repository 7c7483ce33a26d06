/// A device on the auxiliary bus, such as a subfunction `mlx5_core.sf.4`.
///
/// Corresponds to `/sys/bus/auxiliary/devices/<driver>.<type>.<id>`.
public struct AuxiliaryDevice: Sendable, Equatable {
  public let name: String
  /// The middle part of the name: `sf`, `eth`, `rdma`; empty when the name has another form.
  public let type: String
  /// `sfnum`; nil when the file is not there.
  public var subfunctionNumber: Int?
  /// The PCI function above it.
  public var parent: PCIAddress

  public init(name: String, type: String, subfunctionNumber: Int?, parent: PCIAddress) {
    self.name = name
    self.type = type
    self.subfunctionNumber = subfunctionNumber
    self.parent = parent
  }

  /// The middle part of exactly three, the last of them a number; empty for any other name.
  static func type(of name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int(parts[2]), number >= 0 else { return "" }
    return String(parts[1])
  }

  /// Whether a directory's name can be that of an auxiliary device: two dots or more, a number after the last, no
  /// blank.
  static func hasName(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let last = name.lastIndex(of: UInt8(ascii: ".")), last + 1 < name.count,
      name[(last + 1)...].allSatisfy({ (0x30...0x39).contains($0) }),
      !name.contains(where: { $0 <= 0x20 })
    else { return false }
    guard let first = name[..<last].firstIndex(of: UInt8(ascii: ".")) else { return false }
    return first > 0 && name[last - 1] != UInt8(ascii: ".")
  }

  /// Nil for a device that is not a subfunction, such as the driver's own `mlx5_core.eth.0`.
  ///
  /// What the SR-IOV plugin takes from the parent comes from it here too: ids, driver and NUMA node.
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
