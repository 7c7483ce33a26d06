import Glibc
import KubeletAPI
public import ResourcePools

/// Answers to Allocate that kubelet keeps and gives to containers again.
extension PodAssignments {
  /// Resources that kubelet keeps answers for; nil when its checkpoint can't be read. Without a checkpoint there are none.
  public func resourcesWithAnswers() -> Set<String>? {
    if access(kubelet.checkpoint, F_OK) != 0, errno == ENOENT { return [] }
    return (try? KubeletCheckpoint.read(at: kubelet.checkpoint)).map { Set($0.entries.map(\.resource)) }
  }

  /// The answers of containers that have exactly these units. kubelet writes its checkpoint before it starts a container.
  ///
  /// Throws when the checkpoint can't be read.
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
