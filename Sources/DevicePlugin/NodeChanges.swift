import Netlink

/// What the kernel tells of its own accord, sorted by what has to be done about it.
struct NodeChanges: Sendable {
  enum Change: Sendable, Equatable {
    /// Devices, drivers or interfaces came, went or changed.
    case devices
    /// A link's state changed; no device did.
    case links
  }

  let stream: AsyncStream<Change>
  private let tasks: [Task<Void, Never>]

  /// Throws when the kernel's event sockets are not to be had: only the safety scan is left then.
  init(_ thread: NetlinkThread) throws(NetlinkError) {
    let kernelEvents = thread.events(of: try KernelEvents())
    let linkEvents = thread.events(of: try LinkEvents())
    // Nothing is counted, so one waiting word of each kind is enough.
    let (stream, continuation) = AsyncStream.makeStream(of: Change.self, bufferingPolicy: .bufferingNewest(8))
    self.stream = stream
    tasks = [
      Task {
        for await batch in kernelEvents where batch.contains(where: Self.concernsDevices) {
          continuation.yield(.devices)
        }
      },
      Task {
        for await batch in linkEvents {
          continuation.yield(batch.contains { $0 == .resync } ? .devices : .links)
        }
      },
    ]
  }

  func stop() { for task in tasks { task.cancel() } }

  /// Subsystems that hold facts of the inventory; block devices, CPUs and the rest come and go unheard.
  private static let subsystems: Set<String> = [
    "pci", "net", "auxiliary", "infiniband", "infiniband_verbs", "infiniband_mad", "uio", "vdpa", "vfio", "drivers",
    "iommu", "ubcore", "uburma", "misc",
  ]

  private static func concernsDevices(_ event: KernelEvent) -> Bool {
    switch event {
    case .uevent(let event): subsystems.contains(event.subsystem)
    case .resync: true
    }
  }
}
