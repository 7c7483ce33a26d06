/// An event of the kernel's device model, or the loss of some.
public enum KernelEvent: Sendable, Equatable {
  /// One uevent.
  case uevent(Uevent)
  /// Events were lost: scan the host again.
  case resync
}

/// A change of one kernel object, as the kernel broadcasts it (lib/kobject_uevent.c).
public struct Uevent: Sendable, Equatable {
  /// What happened. Corresponds to `enum kobject_action`.
  public enum Action: String, Sendable {
    /// The object was created or removed, one of its attributes changed, or it was renamed.
    case add, remove, change, move
    /// A CPU or memory block was switched on or off.
    case online, offline
    /// A driver was bound to the device or unbound from it.
    case bind, unbind
  }

  /// What happened to the object.
  public let action: Action
  /// The path below `/sys` (DEVPATH), e.g. `/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2`.
  public let devicePath: String
  /// The subsystem, e.g. `pci`, `net`, `infiniband`, `auxiliary` or `ubcore`; empty when the kernel reports none.
  public let subsystem: String
  /// All properties of the event, e.g. `DRIVER`, `PCI_SLOT_NAME`, `INTERFACE` and `SEQNUM`.
  public let properties: [String: String]

  /// Creates an event from its parts.
  public init(action: Action, devicePath: String, subsystem: String, properties: [String: String]) {
    self.action = action
    self.devicePath = devicePath
    self.subsystem = subsystem
    self.properties = properties
  }

  /// The driver, in events of a device that has one.
  public var driver: String? { properties["DRIVER"] }
  /// The name of the network interface, in events of `net`.
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

/// Receives the uevents of this host from now on. Events of network interfaces come only from the network namespace in
/// which the socket was opened.
///
/// Corresponds to NETLINK_KOBJECT_UEVENT, group 1: the kernel's own events. udev repeats them in group 2, later; they
/// are not needed, because an inventory is read from sysfs.
public final class KernelEvents: EventSource {
  /// `KernelEvent.resync`.
  public static var resync: KernelEvent { .resync }
  private let socket: KernelSocket

  /// Opens the socket and joins the kernel's group.
  ///
  /// - Throws: `failed` when the kernel refuses.
  public init() throws(NetlinkError) {
    socket = try KernelSocket(.kernelEvents)
    // Writing sriov_numvfs sends some five events of half a kilobyte for each VF.
    try socket.setReceiveBuffer(bytes: 4 << 20)
    try socket.join(group: Self.kernelGroup)
  }

  private static let kernelGroup: Int32 = 1

  /// The socket's descriptor.
  public var descriptor: Int32 { socket.descriptor }

  /// Takes the queued uevents; those of other senders than the kernel are dropped.
  public func nextBatch() throws(NetlinkError) -> [KernelEvent] {
    try socket.drainEvents(resync: .resync, Self.events)
  }

  /// None when the datagram is not the kernel's: any privileged process may send to the group, under its own port.
  static func events(_ datagram: NetlinkDatagram) throws(NetlinkError) -> [KernelEvent] {
    guard datagram.sender == 0, datagram.groups == UInt32(kernelGroup) else { return [] }
    return Uevent(datagram.bytes).map { [.uevent($0)] } ?? []
  }
}
