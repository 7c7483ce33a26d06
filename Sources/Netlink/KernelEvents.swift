/// An event of the kernel's device model.
public enum KernelEvent: Sendable, Equatable {
  case uevent(Uevent)
  /// Events were lost: scan again.
  case resync
}

/// What happened to one object of sysfs.
public struct Uevent: Sendable, Equatable {
  /// The kernel's word for what happened. Corresponds to `enum kobject_action`.
  public enum Action: String, Sendable {
    case add, remove, change, move, online, offline, bind, unbind
  }

  public let action: Action
  /// Below `/sys`: `/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2`.
  public let devicePath: String
  /// `pci`, `net`, `infiniband`, `auxiliary`, `ubcore` …; empty when the kernel names none.
  public let subsystem: String
  /// All properties of the event: `DRIVER`, `PCI_SLOT_NAME`, `INTERFACE`, `SEQNUM` …
  public let properties: [String: String]

  public init(action: Action, devicePath: String, subsystem: String, properties: [String: String]) {
    self.action = action
    self.devicePath = devicePath
    self.subsystem = subsystem
    self.properties = properties
  }

  /// The PCI function's address, in events of `pci`.
  public var pciSlotName: String? { properties["PCI_SLOT_NAME"] }
  public var driver: String? { properties["DRIVER"] }
  /// The netdev's name, in events of `net`.
  public var interface: String? { properties["INTERFACE"] }
}

extension Uevent {
  /// Reads `action@devpath` and the `KEY=value` lines after it, each ended by a NUL.
  ///
  /// Nil for anything else, such as an action that a later kernel adds.
  init?(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard let summary = lines.first, summary.contains("@") else { return nil }
    var properties: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let equals = line.firstIndex(of: "=") else { return nil }
      properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    guard let action = properties["ACTION"].flatMap(Action.init), let path = properties["DEVPATH"] else { return nil }
    self.init(action: action, devicePath: path, subsystem: properties["SUBSYSTEM"] ?? "", properties: properties)
  }
}

/// uevents of this host, from the moment it is made; those of netdevs only from the network namespace it is made in.
///
/// Corresponds to NETLINK_KOBJECT_UEVENT, group 1: the kernel's own events. udev's repetition of them in group 2 comes
/// later and is not needed: an inventory is read from sysfs itself.
public final class KernelEvents: EventSource {
  public static var resync: KernelEvent { .resync }
  private let socket: KernelSocket

  public init() throws(NetlinkError) {
    socket = try KernelSocket(.kernelEvents)
    // Writing sriov_numvfs sends some five events of half a kilobyte for each VF.
    try socket.setReceiveBuffer(bytes: 4 << 20)
    try socket.join(group: Self.kernelGroup)
  }

  private static let kernelGroup: Int32 = 1

  public var descriptor: Int32 { socket.descriptor }

  public func nextBatch() throws(NetlinkError) -> [KernelEvent] {
    try socket.drainEvents(resync: .resync, Self.events)
  }

  /// None when the datagram is not the kernel's: any privileged process may send to the group, under its own port.
  static func events(_ datagram: NetlinkDatagram) throws(NetlinkError) -> [KernelEvent] {
    guard datagram.sender == 0, datagram.groups == UInt32(kernelGroup) else { return [] }
    return Uevent(datagram.bytes).map { [.uevent($0)] } ?? []
  }
}
