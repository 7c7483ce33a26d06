import Glibc
import KubeletAPI
public import ResourcePools

/// Answers to Allocate that kubelet keeps and gives to containers again.
extension PodAssignments {
  /// Lists the resources for which kubelet keeps Allocate answers.
  ///
  /// - Returns: An empty set when there is no checkpoint; nil when it can't be read.
  public func resourcesWithAnswers() -> Set<String>? {
    if access(kubelet.checkpoint, F_OK) != 0, errno == ENOENT { return [] }
    return (try? KubeletCheckpoint.read(at: kubelet.checkpoint)).map { Set($0.entries.map(\.resource)) }
  }

  /// Whether kubelet has healthy devices of a resource, by its checkpoint.
  ///
  /// kubelet writes the checkpoint with every list of a plugin. An endpoint that has ended may still be in it, until
  /// kubelet writes it again: at the latest when it forgets the resource, after five minutes.
  public func hasHealthyDevices(of resource: ResourceName) -> Bool {
    (try? KubeletCheckpoint.read(at: kubelet.checkpoint))?.served.contains("\(resource)") ?? false
  }

  /// Finds the Allocate answers of containers that have exactly these units. kubelet writes its checkpoint before it
  /// starts a container.
  ///
  /// - Throws: When the checkpoint can't be read.
  public func answers(
    for ids: some Sequence<String>, of resource: ResourceName
  ) throws(KubeletStateError) -> [GivenAnswer] {
    let ids = Set(ids)
    let checkpoint = try KubeletCheckpoint.read(at: kubelet.checkpoint)
    return checkpoint.entries.filter { $0.resource == "\(resource)" && $0.ids == ids }.compactMap { entry in
      guard let answer = try? ContainerAllocateResponse(decoding: entry.allocation) else { return nil }
      return GivenAnswer(nodes: answer.devices.map(\.hostPath), environment: answer.environment)
    }
  }
}
