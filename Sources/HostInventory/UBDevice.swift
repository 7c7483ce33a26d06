/// The facts of a UB (URMA) device, from the UBS engine or from `/sys/class/ubcore`.
public struct UBDevice: Sendable, Equatable {
  /// The kernel's devices, whose nodes are below `/dev/uburma`: first the paths, then the bonding device.
  public var kernelDevices: [String]
  /// The file `transport_type`: 0 UB, 1 IB, 2 IP, 5 HNS_UB; nil when it is unknown.
  public var transportType: Int?
  /// Whether the device can be used now.
  public var isHealthy: Bool
  /// Why the device is unhealthy, e.g. "port down"; nil when it is healthy.
  public var reason: String?
  /// Whether the device is in another network namespace, e.g. a pod's; its facts are then not visible here.
  public var isElsewhere = false
  /// Whether the UBS engine lists it; it then exists, in whichever namespace.
  public var isListedByEngine = false
  /// The known endpoint ids of the bonding device, or of the device itself if there is no bonding device.
  public var eids: [String] = []

  /// The first bonding device. It belongs to the host and is never handed out.
  public static let reservedDevice = "bonding_dev_0"

  /// Creates the facts of a device in this network namespace.
  public init(kernelDevices: [String], transportType: Int?, isHealthy: Bool, reason: String?) {
    self.kernelDevices = kernelDevices
    self.transportType = transportType
    self.isHealthy = isHealthy
    self.reason = reason
  }
}

extension UBDevice {
  /// One device, as the engine knows it or, with nil, as sysfs does; nil when it has gone.
  ///
  /// The engine does not tell driver and NUMA node: these are the bonding device's in sysfs.
  static func read(_ name: String, as engine: UBDevice?, by reader: InventoryReader) -> Device? {
    var device = DeviceFacts(id: name, bus: .unifiedBus)
    device.unifiedBus = engine
    device.unifiedBus?.isListedByEngine = true
    let kernelName = engine.map { $0.kernelDevices.last ?? "" } ?? name
    guard isSafe(kernelName), reader.root.exists("\(HostPath.ubcore)/\(kernelName)") else {
      guard engine != nil else { return readElsewhere(name, by: reader) }
      device.unifiedBus?.isElsewhere = isElsewhere(kernelName, on: reader.root)
      return Device(device)
    }
    return reader.value { () throws(HostInventoryError) in
      let directory = try SysfsDirectory("\(HostPath.ubcore)/\(kernelName)", in: reader.root, log: reader.log)
      device.driver = reader.value { () throws(HostInventoryError) in try directory.text("driver_name") }
      let type = reader.value { () throws(HostInventoryError) in try directory.integer("transport_type") }
      let node = reader.value { () throws(HostInventoryError) in try directory.integer("device/numa_node") }
      device.numaNode = node.flatMap { $0 >= 0 ? $0 : nil }
      if engine == nil {
        let fault = try fault(of: kernelName, directory, by: reader)
        device.unifiedBus = UBDevice(
          kernelDevices: [kernelName], transportType: type, isHealthy: fault == nil, reason: fault)
      } else if device.unifiedBus?.transportType == nil {
        device.unifiedBus?.transportType = type
      }
      if device.unifiedBus?.eids.isEmpty == true {
        device.unifiedBus?.eids = reader.value { () throws(HostInventoryError) in try eids(in: directory) } ?? []
      }
      return Device(device)
    }
  }

  /// A physical function has up to 16 groups of EIDs; the kernel allows 1024, more than a reader can use.
  private static let shownEIDs = 16

  /// The EIDs that are valid here: the kernel shows zeros for one that is invalid or of another network namespace.
  private static func eids(in directory: borrowing SysfsDirectory) throws(HostInventoryError) -> [String] {
    guard let list = try directory.directoryIfPresent("eids") else { return [] }
    let numbers = try list.names { $0.hasPrefix("eid") }.compactMap { Int($0.dropFirst(3)) }.sorted()
    var eids: [String] = []
    for number in numbers.prefix(shownEIDs) {
      guard let eid = try list.text("eid\(number)"), eid.contains(where: { $0 != "0" && $0 != ":" }) else { continue }
      eids.append(eid)
    }
    return eids
  }

  /// Whether this host has the kernel device, in any network namespace.
  public static func exists(_ kernelName: String, on root: HostRoot) -> Bool {
    isSafe(kernelName)
      && [HostPath.ubcore, HostPath.uburma, "\(HostPath.devices)/uburma"].contains {
        root.exists("\($0)/\(kernelName)")
      }
  }

  /// Whether the kernel device is in another network namespace than the host's.
  public static func isElsewhere(_ kernelName: String, on root: HostRoot) -> Bool {
    isSafe(kernelName) && !root.exists("\(HostPath.ubcore)/\(kernelName)")
      && root.exists("\(HostPath.uburma)/\(kernelName)")
  }

  /// A device that is in `uburma` and not in `ubcore`, so in another network namespace; nil when it is in neither.
  private static func readElsewhere(_ name: String, by reader: InventoryReader) -> Device? {
    guard isSafe(name), reader.root.exists("\(HostPath.uburma)/\(name)") else { return nil }
    var device = DeviceFacts(id: name, bus: .unifiedBus)
    device.unifiedBus = UBDevice(kernelDevices: [name], transportType: nil, isHealthy: true, reason: nil)
    device.unifiedBus?.isElsewhere = true
    return Device(device)
  }

  /// The class's entries without the control device, which has the name of the class ubcore.
  static func names(in path: String, by reader: InventoryReader) -> [String] {
    guard reader.root.exists(path) else { return [] }
    return reader.value { () throws(HostInventoryError) in
      let directory = try SysfsDirectory(path, in: reader.root, log: reader.log)
      return try directory.names { $0 != "ubcore" }
    } ?? []
  }

  /// Nil when one port is active. A bonding device has no port of its own to speak of, so it counts as active.
  private static func fault(
    of name: String, _ directory: borrowing SysfsDirectory, by reader: InventoryReader
  ) throws(HostInventoryError) -> String? {
    if name.hasPrefix("bonding_dev_") { return nil }
    var states: [String] = []
    for port in try directory.names(where: { $0.hasPrefix("port") && Int($0.dropFirst(4)) != nil }) {
      let state = reader.value { () throws(HostInventoryError) in try directory.integer("\(port)/state") }
      guard let state else { continue }
      if state == 4 || state == 5 { return nil }
      states.append("\(port) is \(stateName(state))")
    }
    return states.isEmpty ? "none of its ports tells its state" : states.joined(separator: ", ")
  }

  private static func stateName(_ state: Int) -> String {
    let names = ["NOP", "DOWN", "INIT", "ARMED"]
    return names.indices.contains(state) ? names[state] : "in state \(state)"
  }

  /// Names come from an engine too, and become part of a path.
  private static func isSafe(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && name != "." && name != ".."
  }
}
