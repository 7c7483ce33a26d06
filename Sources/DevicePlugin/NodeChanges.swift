import HostInventory
import Netlink

/// What the kernel tells of its own accord, sorted by what has to be done about it.
struct NodeChanges: Sendable {
  enum Change: Sendable, Hashable {
    /// Devices, drivers or interfaces came, went or changed.
    case devices(Scope)
    /// The state of the links of these names changed; no device did.
    case links(Set<String>)
  }

  /// What has to be read again of the host.
  enum Scope: Sendable, Hashable {
    /// These PCI functions, and all that is read without them: the bus's list, nodes, UB devices, netlink's facts.
    case functions(Set<PCIAddress>)
    case everything

    static let none = Scope.functions([])

    mutating func formUnion(_ other: Scope) {
      guard case .functions(let mine) = self, case .functions(let others) = other else {
        self = .everything
        return
      }
      self = .functions(mine.union(others))
    }
  }

  let stream: AsyncStream<Change>
  private let tasks: [Task<Void, Never>]

  /// Throws when the kernel's event sockets are not to be had: only the safety scan is left then.
  init(_ thread: NetlinkThread) throws(NetlinkError) {
    let kernelEvents = thread.events(of: try KernelEvents())
    let linkEvents = thread.events(of: try LinkEvents())
    let (stream, continuation) = AsyncStream.makeStream(of: Change.self)
    self.stream = stream
    tasks = [
      Task {
        for await batch in kernelEvents {
          if let scope = Self.scope(of: batch) { continuation.yield(.devices(scope)) }
        }
      },
      Task { for await batch in linkEvents { continuation.yield(Self.change(of: batch)) } },
    ]
  }

  func stop() { for task in tasks { task.cancel() } }

  /// Nil when the events concern nothing that the inventory has.
  static func scope(of batch: [KernelEvent]) -> Scope? {
    batch.reduce(nil) { scope, event in
      guard let one = Self.scope(of: event) else { return scope }
      var sum = scope ?? .none
      sum.formUnion(one)
      return sum
    }
  }

  static func change(of batch: [LinkEvent]) -> Change {
    var names: Set<String> = []
    for event in batch {
      switch event {
      case .changed(let link): names.formUnion([link.name] + link.alternativeNames)
      case .removed(_, let name): names.insert(name)
      case .resync: return .devices(.everything)
      }
    }
    return .links(names)
  }

  /// Subsystems whose events name the function that they are about. Block devices, CPUs and the rest come and go unheard.
  private static let ofFunctions: Set<String> = [
    "pci", "net", "auxiliary", "infiniband", "infiniband_verbs", "infiniband_mad", "infiniband_cm", "uio", "vdpa",
    "iommu",
  ]
  /// Those whose facts are read at every scan, whatever it is about.
  private static let ofNodes: Set<String> = ["vfio", "drivers", "ubcore", "uburma", "misc"]

  private static func scope(of event: KernelEvent) -> Scope? {
    guard case .uevent(let event) = event else { return .everything }
    guard ofFunctions.contains(event.subsystem) || ofNodes.contains(event.subsystem) else { return nil }
    if let address = PCIAddress(inDevicePath: event.devicePath) { return .functions([address]) }
    // A veth or a bridge is of no device; whose an RDMA device outside of /sys/devices/pci… is, its path does not tell.
    return event.subsystem == "net" || ofNodes.contains(event.subsystem) ? Scope.none : .everything
  }
}
