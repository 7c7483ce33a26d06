import GRPC
import KubeletAPI

// The pod resources API, which CNI plugins and exporters read.
extension KubeletSimulator {
  var podResourcesMethods: [String: RPCMethod] {
    [
      KubeletMethod.podResourcesList: .answering {
        [weak self] (_: ListPodResourcesRequest) throws(RPCStatus) -> ListPodResourcesResponse in
        ListPodResourcesResponse(pods: self?.podResources ?? [])
      },
      KubeletMethod.podResourcesGet: .answering {
        [weak self] (request: GetPodResourcesRequest) throws(RPCStatus) -> GetPodResourcesResponse in
        let pods = self?.podResources ?? []
        guard let pod = pods.first(where: { $0.name == request.name && $0.namespace == request.namespace }) else {
          throw RPCStatus(code: .unknown, message: "no pod \(request.name) in namespace \(request.namespace)")
        }
        return GetPodResourcesResponse(pod: pod)
      },
    ]
  }

  private var podResources: [PodResources] {
    withState { Array($0.pods.values) }.sorted { $0.pod.uid < $1.pod.uid }.map { admitted in
      // Ordinary init containers are left out: they use the containers' devices.
      let containers = admitted.containers.dropFirst(admitted.pod.initContainers.count)
      return PodResources(
        name: admitted.pod.name, namespace: admitted.pod.namespace,
        containers: containers.map { container in
          let grants = container.grants.sorted { $0.key < $1.key }
          let claims = admitted.pod.containers.first { $0.name == container.name }?.claims ?? []
          return .init(
            name: container.name, devices: grants.flatMap { devices(of: $0.key, $0.value) }, claims: claims)
        })
    }
  }

  /// One entry for each device and NUMA node; a device with an empty topology is left out, as by kubelet.
  private func devices(of resource: String, _ grant: Grant) -> [PodResources.Devices] {
    grant.devices.flatMap { device -> [PodResources.Devices] in
      guard let nodes = device.numaNodes else { return [.init(resourceName: resource, ids: [device.id])] }
      return nodes.map { .init(resourceName: resource, ids: [device.id], numaNodes: [$0]) }
    }
  }
}
