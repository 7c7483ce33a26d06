public import HostInventory
import JSONText

/// An earlier Allocate answer. kubelet keeps it and uses it for each restart of the container, also after a reboot.
public struct GivenAnswer: Sendable, Equatable {
  /// The host paths of its device nodes.
  public var nodes: [String]
  /// Its environment variables.
  public var environment: [String: String]

  /// Creates an answer.
  public init(nodes: [String], environment: [String: String]) {
    self.nodes = nodes
    self.environment = environment
  }

  /// The paths in `PCIDEVICE_…_INFO`, by device id.
  fileprivate var infoPaths: [String: Set<String>] {
    var paths: [String: Set<String>] = [:]
    for (name, text) in environment where name.hasSuffix("_INFO") {
      for device in (try? JSONNode.parse(Array(text.utf8)))?.members ?? [] {
        let values = (device.value.members ?? []).flatMap { $0.value.members ?? [] }.compactMap(\.value.string)
        paths[device.key, default: []].formUnion(values.flatMap(KernelNumber.paths))
      }
    }
    return paths
  }
}

/// How an earlier Allocate answer differs from what its devices need now.
public struct StaleAnswer: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part of the answer that is wrong.
  public enum Part: Sendable {
    /// The device nodes: the container would get those of other devices.
    case nodes
    /// The environment variables. The nodes are right, because they come from a CDI spec.
    case environment
  }
  /// The part that is wrong.
  public let part: Part
  public let description: String
}

/// Names of device nodes with a number that the kernel assigns in order of appearance. After a reboot it may belong to
/// another device.
enum KernelNumber {
  /// Whether the path is such a name: `/dev/vfio/42`, `/dev/infiniband/uverbs3`, `/dev/uio0`, `/dev/vhost-vdpa-1`,
  /// `/dev/uburma/udma2`, `/dev/rbln0` …
  ///
  /// `/dev/rsdN` is none, because an NPU group is created for one container and has no other owner.
  static func isInPath(_ path: String) -> Bool {
    guard path.hasPrefix("/dev/"), !path.hasPrefix("/dev/rsd"), let last = path.utf8.last else { return false }
    return (0x30...0x39).contains(last)
  }

  /// The paths with such a number in a value of INFO, which may be a list with commas between.
  static func paths(in text: String) -> [String] {
    text.split(separator: ",").map(String.init).filter(isInPath)
  }
}

extension ResourcePool {
  /// Whether containers get nodes whose names may mean another device after a reboot.
  public func givesKernelNumbers(nodes: HostNodes) -> Bool {
    var seen: Set<String> = []
    return units.contains { unit in
      unit.members.contains { member in
        seen.insert(member.device.id).inserted && !numberedPaths(of: member.device, as: member, nodes: nodes).isEmpty
      }
    }
  }

  /// Whether a device that is in both pools needs other numbered nodes than in `before`.
  public func needsOtherNumbers(than before: ResourcePool, nodes: HostNodes) -> Bool {
    units.contains { unit in
      guard let old = before[unit.id], old.members != unit.members else { return false }
      return zip(old.members, unit.members).contains { old, new in
        guard old.device.id == new.device.id, old.device != new.device else { return false }
        let paths = before.numberedPaths(of: old.device, as: old, nodes: nodes)
        return !paths.isSubset(of: numberedPaths(of: new.device, as: new, nodes: nodes))
      }
    }
  }

  /// Compares what a container got for the units `ids` with what their devices need now.
  ///
  /// - Parameter given: One answer for each container that may be the one that starts; kubelet does not say which.
  /// - Returns: nil unless every answer is known to be wrong.
  public func staleness(
    of given: [GivenAnswer], for ids: [String], seeing current: [Device], nodes: HostNodes
  ) -> StaleAnswer? {
    let units = ids.compactMap { self[$0] }
    var needs: [Need] = []
    for member in units.flatMap(\.members) {
      let device = current.first { $0.id == member.device.id } ?? member.device
      guard !needs.contains(where: { $0.device.id == device.id }) else { continue }
      needs.append(Need(device: device, paths: numberedPaths(of: device, as: member, nodes: nodes)))
    }
    // A pod has the unit, but its device was not seen since this program started. A UB device may be one that the engine
    // has not listed yet.
    let isKnownToBeGone = config.type.ownership == .claimed && config.type.registration == .plain
    let gone = isKnownToBeGone ? units.filter(\.members.isEmpty).map { UnitID.device(of: $0.id) } : []
    guard !needs.isEmpty || !gone.isEmpty else { return nil }
    var first: StaleAnswer?
    for answer in given {
      guard let stale = staleness(of: answer, needs, gone: gone) else { return nil }
      first = first ?? stale
    }
    return first
  }

  /// A device, and the numbered paths that a container with it needs.
  private struct Need {
    let device: Device
    let paths: Set<String>
  }

  private func staleness(of given: GivenAnswer, _ needs: [Need], gone: [String]) -> StaleAnswer? {
    let needed = needs.reduce(into: Set<String>()) { $0.formUnion($1.paths) }
    let wrong = given.nodes.filter { isJudged($0, needs) && !needed.contains($0) }
    let told = given.infoPaths
    let part: StaleAnswer.Part = given.nodes.isEmpty ? .environment : .nodes
    for id in gone {
      let paths = (told[id] ?? []).filter { isJudged($0, needs) }.sorted()
      guard !paths.isEmpty || !wrong.isEmpty else { continue }
      return StaleAnswer(part: part, description: Self.text(id, paths.isEmpty ? wrong : paths, nil))
    }
    for need in needs {
      let wrongHere = (told[need.device.id] ?? []).filter { isJudged($0, needs) && !need.paths.contains($0) }
      guard !wrongHere.isEmpty else { continue }
      return StaleAnswer(
        part: part, description: Self.text(need.device.id, wrongHere.sorted(), need.paths.sorted()))
    }
    guard !wrong.isEmpty else { return nil }
    let lacking = needs.first { !$0.paths.isSubset(of: given.nodes) }
    return StaleAnswer(
      part: .nodes, description: Self.text(lacking?.device.id ?? "\(name)", wrong, lacking?.paths.sorted() ?? []))
  }

  /// Whether the owner of the path is known.
  private func isJudged(_ path: String, _ needs: [Need]) -> Bool {
    guard KernelNumber.isInPath(path) else { return false }
    if path.hasPrefix("/dev/infiniband/") {
      // An RDMA device in a pod's namespace is not visible, and neither are its nodes.
      return !needs.contains { $0.device.rdma.isEmpty && !$0.device.isBoundToVFIO && $0.device.driver != nil }
    }
    if path.hasPrefix("/dev/uburma/") {
      // Neither the engine nor sysfs tells the kernel devices now.
      return !needs.contains { $0.device.unifiedBus?.kernelDevices.isEmpty == true }
    }
    return true
  }

  /// `needed` is nil for a device that no longer exists.
  private static func text(_ device: String, _ given: [String], _ needed: [String]?) -> String {
    let now =
      needed.map { "now needs " + ($0.isEmpty ? "no such node" : $0.joined(separator: ", ")) }
      ?? "is no longer on this host"
    return "\(device) was given out with \(given.joined(separator: ", ")) and \(now); delete the pod"
  }

  /// The host paths and paths in INFO with a kernel number; empty for a device that lacks something that a container
  /// needs.
  private func numberedPaths(of device: Device, as member: Unit.Member, nodes: HostNodes) -> Set<String> {
    guard let contributions = try? contributions(of: device, as: member, nodes: nodes) else { return [] }
    var paths: Set<String> = []
    for (_, contribution) in contributions {
      paths.formUnion(contribution.nodes.map(\.hostPath).filter(KernelNumber.isInPath))
      paths.formUnion(contribution.info.fields.map(\.value).flatMap(KernelNumber.paths))
    }
    return paths
  }
}
