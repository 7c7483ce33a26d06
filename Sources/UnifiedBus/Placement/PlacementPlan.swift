import KubeletState

/// Where every UB device in use belongs, according to kubelet and the container runtime.
///
/// Some kernels move every device back to the host when any network namespace is deleted. Moving a device to where it
/// is costs the kernel nothing, so all devices are moved again and no state is kept.
struct PlacementPlan: Sendable, Equatable {
  /// The devices of one pod.
  struct Item: Sendable, Equatable {
    var podUID: String
    var sandbox: String
    var ids: [String]
    /// In the order in which they are moved.
    var devices: [DevicePath]
  }

  /// One item for each pod, in the checkpoint's order.
  var items: [Item] = []
  /// What is not moved, and why.
  var problems: [String] = []

  /// Combines kubelet's checkpoint and the runtime's sandboxes. A pod without a ready sandbox has ended or not started,
  /// and is left out.
  ///
  /// A device that two running pods have, by the checkpoint, is not moved, because one of them uses it.
  ///
  /// - Parameter resources: The names of the UB pools.
  /// - Parameter described: The devices of a unit whose Allocate answer names none, as with CDI.
  init(
    checkpoint: KubeletCheckpoint, resources: Set<String>, sandboxes: [Sandbox],
    described: (_ id: String) -> [DevicePath] = { _ in [] }
  ) {
    problems = checkpoint.problems
    let current = Dictionary(grouping: sandboxes, by: \.podUID).compactMapValues { Sandbox.current(of: $0) }
    var users: [DevicePath: Set<String>] = [:]
    for entry in checkpoint.entries where resources.contains(entry.resource) {
      guard let sandbox = current[entry.podUID] else { continue }
      do throws(UnifiedBusError) {
        var devices = try entry.devices()
        if devices.isEmpty { devices = entry.ids.sorted().flatMap(described) }
        for device in devices { users[device, default: []].insert(entry.podUID) }
        add(entry, devices, sandbox)
      } catch {
        problems.append(error.description)
      }
    }
    let contested = users.filter { $0.value.count > 1 }
    for (device, pods) in contested.sorted(by: { $0.key.path < $1.key.path }) {
      problems.append("\(device) is left alone: pods \(pods.sorted().joined(separator: " and ")) both hold it")
    }
    for index in items.indices { items[index].devices.removeAll { contested[$0] != nil } }
    items.removeAll { $0.devices.isEmpty }
  }

  private mutating func add(_ entry: KubeletCheckpoint.Entry, _ devices: [DevicePath], _ sandbox: Sandbox) {
    let index = items.firstIndex { $0.podUID == entry.podUID } ?? items.endIndex
    if index == items.endIndex {
      items.append(Item(podUID: entry.podUID, sandbox: sandbox.id, ids: [], devices: []))
    }
    items[index].ids = Set(items[index].ids).union(entry.ids).sorted()
    let all = items[index].devices + devices.filter { !items[index].devices.contains($0) }
    items[index].devices = all.filter { !$0.isBonding } + all.filter(\.isBonding)
  }
}
