import HostInventory
import ResourcePools

/// The attributes by which claims select a device: standard ones, those that Multus reads, and the driver's own.
///
/// They are facts that do not change while a pod has the device. A netdev moves into the pod's network namespace; with
/// an attribute about it the slice would be written at each start and end of a pod.
struct DeviceAttributes {
  private(set) var all: [SliceDevice.Attribute] = []

  init(of unit: Unit, in pool: ResourcePool) {
    add("resourceName", "\(pool.name)", domain: "k8s.cni.cncf.io")
    add("deviceType", pool.config.type.name)
    guard pool.config.type.ownership == .claimed, let device = unit.members.first?.device else { return }
    if Self.networkTypes.contains(pool.config.type.name) { add("deviceID", device.id, domain: "k8s.cni.cncf.io") }
    addPlace(device, numaNode: pool.topology(of: unit)?.first)
    addKind(device)
    addParent(device)
  }

  /// Adds the device's place. Devices of other drivers have these attributes too, so that a claim can request devices
  /// near each other.
  private mutating func addPlace(_ device: Device, numaNode: Int?) {
    if case .pci(let address) = device.bus { add("pciBusID", address.description, domain: "resource.kubernetes.io") }
    if let root = device.pcieRoot { add("pcieRoot", root, domain: "resource.kubernetes.io") }
    if let numaNode { add("numaNode", .int(numaNode), domain: "resource.kubernetes.io") }
    // The bridges are root port, upstream port, downstream port. Devices below one upstream port are behind one switch,
    // e.g. the NPUs of a card.
    if device.bridges.count >= 3 { add("pcieSwitch", device.bridges[device.bridges.count - 2].description) }
  }

  private mutating func addKind(_ device: Device) {
    if device.pciAddress != nil {
      add("vendor", HexIdentifiers.text(device.vendor))
      add("device", HexIdentifiers.text(device.product))
    }
    if let driver = device.driver { add("driver", driver) }
    if let product = RebellionsProduct.name(of: device) { add("product", product) }
    if let profile = device.ddpProfile { add("ddpProfile", profile) }
  }

  private mutating func addParent(_ device: Device) {
    guard let parent = device.physicalFunction else { return }
    add("pfAddress", parent.address.description)
    if !parent.name.isEmpty { add("pfName", parent.name) }
    if let linkType = parent.linkType { add("linkType", linkType) }
    if let index = parent.functionIndex { add("functionIndex", .int(index)) }
  }

  /// Types with devices that a CNI plugin gets by their ids.
  private static let networkTypes = ["netDevice", "auxNetDevice"]

  /// Leaves out a string that the API would refuse; the device is published without it.
  private mutating func add(_ name: String, _ text: String, domain: String? = nil) {
    guard text.utf8.count <= AttributeValue.longestString else { return }
    add(name, .string(text), domain: domain)
  }

  private mutating func add(_ name: String, _ value: AttributeValue, domain: String? = nil) {
    all.append(.init(name: domain.map { "\($0)/\(name)" } ?? name, value: value))
  }
}
