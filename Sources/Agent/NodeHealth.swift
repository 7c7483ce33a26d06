import HostInventory
import KubeletState
import ResourcePools

/// The health of devices beyond the checks of their type.
///
/// The link of a virtual function is the PF's: a VF's carrier does not follow the port's (igb, ixgbe), and its netdev
/// may be in a pod's namespace.
struct NodeHealth: Sendable, Equatable {
  private(set) var links = LinkHealth()
  private(set) var interfaces: LostInterfaces
  private var rdmaMode: KernelFacts.RDMANamespaceMode?

  /// `interfacePatience` is the number of seconds that a network interface may be missing.
  init(interfacePatience: Double = LostInterfaces.standardHold) {
    interfaces = LostInterfaces(hold: interfacePatience)
  }

  /// Records a snapshot's links. `now` is in seconds of a clock that only goes forward.
  mutating func observe(_ view: HostSnapshot, at now: Double) {
    rdmaMode = view.kernel.rdmaNamespaceMode
    var lost: Set<String> = []
    var carrying: Set<String> = []
    for name in Self.names(view.inventory.devices) {
      guard let link = view.kernel.links?[name], link.isUp else { continue }
      if link.hasCarrier { carrying.insert(name) } else { lost.insert(name) }
    }
    links.observe(lost: lost, carrying: carrying, at: now)
  }

  /// Records what pods have; nil when unknown.
  mutating func observe(_ uses: PodUses?, of view: HostSnapshot, at now: Double) {
    let missing = Set(view.inventory.devices.lazy.filter(\.hasLostInterface).map(\.id))
    // The checkpoint may still have pods that ended, and lack one that starts.
    interfaces.observe(missing: missing, held: uses?.isCurrent == true ? uses?.deviceIDs : nil, at: now)
  }

  mutating func settle(at now: Double) {
    links.settle(at: now)
    interfaces.settle(at: now)
  }

  /// When `settle` has something to do next; nil when not before another call of `observe`.
  var deadline: Double? { [links.deadline, interfaces.deadline].compactMap { $0 }.min() }

  /// The device's health by the pool's checks, and whether the host can share what the pool shares.
  func health(of device: Device, in pool: PoolConfig) -> Unit.Health {
    // Without checks, nothing makes a device unhealthy.
    if pool.shared != nil, !pool.healthChecks.isEmpty, rdmaMode == .exclusive {
      return .unhealthy(
        reason: "the RDMA subsystem's network namespace mode is exclusive, but shared pools need the mode shared "
          + "(rdma system set netns shared, before any pod has a network namespace)")
    }
    if interfaces.lost.contains(device.id), pool.healthChecks.contains(.interface), pool.shared == nil {
      return .unhealthy(reason: "no network interface here, and no pod has it")
    }
    guard let name = Self.linkName(of: device), links.isLost(name), pool.healthChecks.contains(.link) else {
      return .healthy
    }
    return .unhealthy(reason: "link \(name) is up and has lost its carrier")
  }

  /// Links whose carrier counts.
  static func names(_ devices: [Device]) -> Set<String> {
    var names: Set<String> = []
    // Functions of one PF follow each other.
    var last: String?
    for device in devices {
      guard let name = linkName(of: device), name != last else { continue }
      names.insert(name)
      last = name
    }
    return names
  }

  private static func linkName(of device: Device) -> String? {
    if let pf = device.physicalFunction { return pf.name.isEmpty ? nil : pf.name }
    return device.interfaces.first?.name
  }
}
