public import GRPC
public import KubeletAPI

/// Asks kubelet which pod holds a device. kubelet knows pods by name only here, and not what they were given.
public struct PodResourcesClient: Sendable {
  public let socket: String
  private let channel: RPCChannel

  public init(socket: String, queue: CompletionQueue) {
    self.socket = socket
    channel = RPCChannel(queue: queue, path: socket)
  }

  /// Running pods and their devices.
  public func pods(timeout: Duration) async throws(KubeletStateError) -> [PodResources] {
    let answer: ListPodResourcesResponse = try await channel.call(
      KubeletMethod.podResourcesList, ListPodResourcesRequest(), socket: socket, timeout: timeout)
    return answer.pods
  }

  /// The pods with a container that holds exactly these devices; when there is none, with one that holds more.
  public func holders(
    of ids: Set<String>, resource: String, timeout: Duration
  ) async throws(KubeletStateError) -> [PodReference] {
    Self.holders(of: ids, resource: resource, in: try await pods(timeout: timeout))
  }

  static func holders(of ids: Set<String>, resource: String, in pods: [PodResources]) -> [PodReference] {
    var exact: [PodReference] = []
    var larger: [PodReference] = []
    for pod in pods {
      let reference = PodReference.name(pod.name, namespace: pod.namespace)
      for container in pod.containers {
        let held = container.devices.filter { $0.resourceName == resource }.reduce(into: Set()) { $0.formUnion($1.ids) }
        if held == ids, !exact.contains(reference) { exact.append(reference) }
        if held.isStrictSuperset(of: ids), !larger.contains(reference) { larger.append(reference) }
      }
    }
    return exact.isEmpty ? larger : exact
  }
}
