/// What virtual functions and subfunctions want to know of the function above them, worked out once.
///
/// Corresponds to `/sys/bus/pci/devices/<address>/{net,virtfn*}`.
struct PhysicalFunctionReading {
  let address: PCIAddress
  /// The number of each virtual function: N of the `virtfnN` link that leads to it.
  let numbers: [PCIAddress: Int]
  /// The netdev that stands for the function to its VFs; empty when there is none.
  let name: String
  /// The one that stands for it to its subfunctions: the uplink, whatever the eswitch mode, else the first.
  let subfunctionName: String

  /// The bus has no such function.
  let isMissing: Bool
  private let linkTypes: [String: String]

  init(_ reading: FunctionReading, by reader: InventoryReader) {
    let interfaces = reading.device.interfaces
    address = reading.address
    isMissing = false
    numbers = reading.numbers
    linkTypes = [:].merging(interfaces.compactMap { one in one.linkType.map { (one.name, $0) } }) { first, _ in first }
    let first = interfaces.first?.name ?? ""
    let uplink = Self.uplink(interfaces)
    subfunctionName = uplink ?? first
    let hasSwitch = reader.kernel.eswitchModesAreHidden && interfaces.contains { $0.switchID != nil }
    guard hasSwitch || reader.kernel.devlink[address]?.eswitchMode == "switchdev" else {
      name = first
      return
    }
    name = uplink ?? ""
    if uplink == nil {
      let names = interfaces.map(\.name).joined(separator: " ")
      reader.report(
        "\(HostPath.pciDevices)/\(address)/net",
        "expected the uplink of a switchdev function (a switch id, and p0 or the like for a port name), found '\(names)'"
      )
    }
  }

  /// For a function that cannot be read or is not offered: its VFs keep its address.
  init(unreadable address: PCIAddress) { self.init(nothingKnown: address, isMissing: false) }

  /// For a function that the bus does not have.
  init(missing address: PCIAddress) { self.init(nothingKnown: address, isMissing: true) }

  private init(nothingKnown address: PCIAddress, isMissing: Bool) {
    self.address = address
    self.isMissing = isMissing
    numbers = [:]
    name = ""
    subfunctionName = ""
    linkTypes = [:]
  }

  func physicalFunction(of function: PCIAddress) -> PhysicalFunction {
    PhysicalFunction(address: address, name: name, linkType: linkTypes[name], functionIndex: numbers[function])
  }

  func physicalFunction(ofSubfunction number: Int?) -> PhysicalFunction {
    PhysicalFunction(
      address: address, name: subfunctionName, linkType: linkTypes[subfunctionName], functionIndex: number)
  }

  /// The first netdev with a switch id whose port name, if it has one, is that of a physical port: `p0`.
  static func uplink(_ interfaces: [NetInterface]) -> String? {
    interfaces.first { interface in
      guard interface.switchID != nil else { return false }
      guard let port = interface.portName else { return true }
      return port.hasPrefix("p") && port.utf8.count > 1
        && port.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }?.name
  }
}
