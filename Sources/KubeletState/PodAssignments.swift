public import GRPC
import Glibc
public import HostInventory
public import KubeletAPI
public import ResourcePools

/// Which units pods have: from kubelet's podresources socket, else from its checkpoint.
///
/// The checkpoint lies in the directory that every device plugin mounts, but kubelet removes ended pods from it only
/// with its next allocation: by it, a device may seem to be in use for longer than it is.
public struct PodAssignments: Sendable {
  let kubelet: KubeletDirectory
  private let queue: CompletionQueue

  public init(kubelet: KubeletDirectory, queue: CompletionQueue) {
    self.kubelet = kubelet
    self.queue = queue
  }

  private static let limit = Duration.seconds(2)

  /// What running pods have, units with their devices as they were last listed; nil when neither source can be read.
  public func uses(among open: [ResourceName: ResourcePool], on inventory: Inventory) async -> PodUses? {
    guard let pods = await pods() else {
      return checkpoint().map { PodUses(units: Self.units($0, in: open)) }
    }
    return PodUses(of: pods, among: open, on: inventory)
  }

  /// Units that running pods have from device plugins; nil when neither source can be read.
  public func units() async -> [HeldUnit]? {
    guard let assigned = await podResources() ?? checkpoint() else { return nil }
    return Self.units(assigned, in: [:])
  }

  /// Ids of units that running pods have, of every pool; none when kubelet's podresources are not available, because
  /// the checkpoint still has the pods that ended since the last allocation.
  public func inUse() async -> Set<String> { Set((await podResources() ?? []).flatMap(\.ids)) }

  /// Resources that kubelet's checkpoint remembers, those of pods that have ended too; none when it can't be read.
  public func rememberedResources() -> Set<ResourceName> {
    Set((checkpoint() ?? []).compactMap { ResourceName($0.resource) })
  }

  /// How many units of each resource containers have; nil when kubelet's podresources socket is not there.
  public func unitsInUse() async -> [ResourceName: Int]? {
    guard let assigned = await podResources() else { return nil }
    let counts = assigned.compactMap { resource, ids in ResourceName(resource).map { ($0, ids.count) } }
    return Dictionary(counts, uniquingKeysWith: +)
  }

  /// One unit of a resource, as kubelet knows it.
  public struct AssignedUnit: Sendable, Hashable {
    public let resource: String
    public let id: String

    public init(resource: String, id: String) {
      self.resource = resource
      self.id = id
    }
  }

  /// Units that running pods have; nil when kubelet's podresources are not available.
  public func unitsOfPods() async -> Set<AssignedUnit>? {
    guard let assigned = await podResources() else { return nil }
    return Set(assigned.flatMap { resource, ids in ids.map { AssignedUnit(resource: resource, id: $0) } })
  }

  static func units(
    _ assigned: [(resource: String, ids: [String])], in open: [ResourceName: ResourcePool]
  ) -> [HeldUnit] {
    assigned.flatMap { resource, ids -> [HeldUnit] in
      guard let name = ResourceName(resource) else { return [] }
      return ids.map { HeldUnit(pool: name, unit: $0, devices: open[name]?[$0]?.members.map(\.device) ?? []) }
    }
  }

  private func podResources() async -> [(resource: String, ids: [String])]? {
    await pods()?.flatMap(\.containers).flatMap(\.devices).map { ($0.resourceName, $0.ids) }
  }

  /// Running pods and their devices, by the podresources socket; nil when it is not there or does not answer.
  public func pods() async -> [PodResources]? {
    // A channel without a server takes a millisecond to fail, at every start of a plugin without that mount.
    guard access(kubelet.podResourcesSocket, F_OK) == 0 else { return nil }
    return try? await PodResourcesClient(socket: kubelet.podResourcesSocket, queue: queue).pods(timeout: Self.limit)
  }

  /// The UB devices that containers were given, from kubelet's checkpoint; empty when that cannot be read.
  public func describedUBDevices() -> [String: DescribedUBDevice] {
    guard let checkpoint = try? KubeletCheckpoint.read(at: kubelet.checkpoint) else { return [:] }
    return checkpoint.entries.reduce(into: [:]) { found, entry in
      found.merge((try? entry.described()) ?? [:]) { _, new in new }
    }
  }

  private func checkpoint() -> [(resource: String, ids: [String])]? {
    // A missing checkpoint proves nothing: it may be in another directory, or kubelet may be writing its first.
    try? KubeletCheckpoint.read(at: kubelet.checkpoint).entries.map { ($0.resource, $0.ids.sorted()) }
  }
}

extension ResourceName {
  /// `intel.com/net` in two parts; nil when there is no slash.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    self.init(prefix: String(parts[0]), name: String(parts[1]))
  }
}
