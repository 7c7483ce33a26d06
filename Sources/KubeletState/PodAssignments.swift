public import GRPC
import Glibc
public import HostInventory
public import KubeletAPI
public import ResourcePools

/// Reads from kubelet which units pods have: from the pod resources API, or from the checkpoint when that is not
/// available.
///
/// The checkpoint is in the directory that every device plugin mounts. kubelet removes ended pods from it only with its
/// next allocation, so a device may seem to be in use for longer than it is.
public struct PodAssignments: Sendable {
  let kubelet: KubeletDirectory
  private let queue: CompletionQueue

  /// Names kubelet's directory; nothing is read yet. `queue` serves the calls.
  public init(kubelet: KubeletDirectory, queue: CompletionQueue) {
    self.kubelet = kubelet
    self.queue = queue
  }

  private static let limit = Duration.seconds(2)

  /// Reads the units and claimed devices of pods; each unit with the devices that its pool last listed.
  ///
  /// - Returns: nil when neither the pod resources API nor the checkpoint can be read.
  public func uses(among open: [ResourceName: ResourcePool], on inventory: Inventory) async -> PodUses? {
    guard let pods = await pods() else {
      return checkpoint().map { PodUses(units: Self.units($0, in: open)) }
    }
    return PodUses(of: pods, among: open, on: inventory)
  }

  /// Reads the units that running pods have from device plugins.
  ///
  /// - Returns: nil when neither the pod resources API nor the checkpoint can be read.
  public func units() async -> [HeldUnit]? {
    guard let assigned = await podResources() ?? checkpoint() else { return nil }
    return Self.units(assigned, in: [:])
  }

  /// Reads the ids of the units that running pods have, of all resources.
  ///
  /// - Returns: An empty set when the pod resources API is not available. The checkpoint is not used, because it still
  ///   lists pods that have ended.
  public func inUse() async -> Set<String> { Set((await podResources() ?? []).flatMap(\.ids)) }

  /// Reads the resources that kubelet's checkpoint remembers, those of pods that have ended included.
  ///
  /// - Returns: An empty set when the checkpoint can't be read.
  public func rememberedResources() -> Set<ResourceName> {
    Set((checkpoint() ?? []).compactMap { ResourceName($0.resource) })
  }

  /// Counts the units of each resource that containers have.
  ///
  /// - Returns: nil when the pod resources API is not available.
  public func unitsInUse() async -> [ResourceName: Int]? {
    guard let assigned = await podResources() else { return nil }
    let counts = assigned.compactMap { resource, ids in ResourceName(resource).map { ($0, ids.count) } }
    return Dictionary(counts, uniquingKeysWith: +)
  }

  /// One unit of a resource that a pod has.
  public struct AssignedUnit: Sendable, Hashable {
    /// The extended resource, e.g. `intel.com/sriov_net`.
    public let resource: String
    /// The unit's id, as the plugin listed it.
    public let id: String

    /// Identifies a unit.
    public init(resource: String, id: String) {
      self.resource = resource
      self.id = id
    }
  }

  /// Reads the units that running pods have.
  ///
  /// - Returns: nil when the pod resources API is not available.
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

  /// Lists running pods with their devices, by the pod resources API.
  ///
  /// - Returns: nil when its socket does not exist or does not answer within 2 s.
  public func pods() async -> [PodResources]? {
    // A channel without a server takes a millisecond to fail, at every start of a plugin without that mount.
    guard access(kubelet.podResourcesSocket, F_OK) == 0 else { return nil }
    return try? await PodResourcesClient(socket: kubelet.podResourcesSocket, queue: queue).pods(timeout: Self.limit)
  }

  /// Reads from the checkpoint how Allocate answers describe UB devices, by unit id.
  ///
  /// - Returns: An empty dictionary when the checkpoint can't be read.
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
