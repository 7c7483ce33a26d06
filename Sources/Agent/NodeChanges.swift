import HostInventory
import Linux
import Netlink
import Synchronization

/// Collects the kernel's events by what must be read again.
final class NodeChanges: Sendable {
  enum Change: Sendable, Hashable {
    /// Devices, drivers or interfaces came, went or changed.
    case devices(Scope)
    /// The state of the links of these names changed; no device did.
    case links(Set<String>)
  }

  typealias Scope = InventoryScope

  /// Used only on the watcher's thread.
  private nonisolated(unsafe) let kernelEvents: KernelEvents
  private nonisolated(unsafe) let linkEvents: LinkEvents
  private let untaken = Mutex(Untaken())

  /// Starts to collect events.
  ///
  /// - Throws: When the kernel's event sockets are not available.
  init() throws(NetlinkError) {
    kernelEvents = try KernelEvents()
    linkEvents = try LinkEvents()
  }

  /// Calls `told` when `take` has something new; for one caller.
  ///
  /// - Returns: The tokens of the watches, with which they are removed.
  func follow(
    by watcher: DescriptorWatcher, told: @escaping @Sendable () -> Void
  ) -> [DescriptorWatcher.Token] {
    let kernel = watch(kernelEvents, by: watcher) { [self] batch in
      if let scope = Self.scope(of: batch) { tell(.devices(scope), told) }
    }
    let links = watch(linkEvents, by: watcher) { [self] batch in tell(Self.change(of: batch), told) }
    return [kernel, links].compactMap(\.self)
  }

  /// After a socket fails, the safety scan finds the changes that it would have reported.
  private func watch<Source: EventSource>(
    _ source: Source, by watcher: DescriptorWatcher, _ take: @escaping @Sendable ([Source.Event]) -> Void
  ) -> DescriptorWatcher.Token? {
    nonisolated(unsafe) let source = source
    return watcher.watch(number: source.descriptor, for: .readable) {
      guard let batch = try? source.nextBatch() else { return .forget }
      if !batch.isEmpty { take(batch) }
      return .goOn
    }
  }

  func tell(_ change: Change, _ told: () -> Void) {
    let isFirst = untaken.withLock { untaken in
      defer { untaken.add(change) }
      return untaken.isEmpty
    }
    if isFirst { told() }
  }

  /// All changes since the last call.
  func take() -> [Change] {
    untaken.withLock { untaken in
      defer { untaken = Untaken() }
      return untaken.changes
    }
  }

  /// Merged, so that a burst takes no memory even if the reader is late.
  private struct Untaken {
    private var scope: Scope?
    private var links: Set<String> = []
    private static let mostLinks = 4096

    var isEmpty: Bool { scope == nil && links.isEmpty }

    var changes: [Change] {
      [scope.map { .devices($0) }, links.isEmpty ? nil : .links(links)].compactMap(\.self)
    }

    mutating func add(_ change: Change) {
      switch change {
      case .devices(let more):
        var sum = scope ?? .none
        sum.formUnion(more)
        scope = sum
      case .links(let names):
        links.formUnion(names)
        guard links.count > Self.mostLinks else { return }
        (scope, links) = (.everything, [])
      }
    }
  }

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

  private static func scope(of event: KernelEvent) -> Scope? {
    guard case .uevent(let event) = event else { return .everything }
    return DeviceSources.scope(ofEventsIn: event.subsystem, about: event.devicePath)
  }
}
