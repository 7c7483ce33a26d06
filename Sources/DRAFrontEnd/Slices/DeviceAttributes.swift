import HostInventory
import ResourcePools

/// The attributes by which claims select a device: standard ones, those that Multus reads, and the driver's own.
///
/// Only facts that stay while a pod has the device: a netdev that moves into the pod's network namespace would otherwise
/// cost a write of the slice at each start and end of a pod.
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

  /// Its place: attributes that other drivers' devices have too, so that a claim can ask for devices near each other.
  private mutating func addPlace(_ device: Device, numaNode: Int?) {
    if case .pci(let address) = device.bus { add("pciBusID", address.description, domain: "resource.kubernetes.io") }
    if let root = device.pcieRoot { add("pcieRoot", root, domain: "resource.kubernetes.io") }
    if let numaNode { add("numaNode", .int(numaNode), domain: "resource.kubernetes.io") }
    // Root port, upstream port, downstream port: devices with one upstream port are behind one switch, as a card's NPUs.
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

  /// Types whose devices a CNI plugin takes by their id.
  private static let networkTypes = ["netDevice", "auxNetDevice"]

  /// A string that the API would refuse is left out, and the device stays.
  private mutating func add(_ name: String, _ text: String, domain: String? = nil) {
    guard text.utf8.count <= AttributeValue.longestString else { return }
    add(name, .string(text), domain: domain)
  }

  private mutating func add(_ name: String, _ value: AttributeValue, domain: String? = nil) {
    all.append(.init(name: domain.map { "\($0)/\(name)" } ?? name, value: value))
  }
}
