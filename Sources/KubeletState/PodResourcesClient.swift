public import GRPC
public import KubeletAPI

/// A client of kubelet's pod resources API. It reports pods by name, not by UID, and not the answers that they were
/// given.
public struct PodResourcesClient: Sendable {
  let socket: String
  private let channel: RPCChannel

  /// Creates a client; it connects with the first call.
  public init(socket: String, queue: CompletionQueue) {
    self.socket = socket
    channel = RPCChannel(queue: queue, path: socket)
  }

  /// Lists running pods with their devices.
  public func pods(timeout: Duration) async throws(KubeletStateError) -> [PodResources] {
    let answer: ListPodResourcesResponse = try await channel.call(
      KubeletMethod.podResourcesList, ListPodResourcesRequest(), socket: socket, timeout: timeout)
    return answer.pods
  }

  /// Finds the pods with a container that has exactly these devices; if there are none, those with a container that has
  /// more.
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
