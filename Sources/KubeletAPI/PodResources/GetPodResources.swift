/// Asks kubelet for the devices of one pod. Corresponds to `v1.GetPodResourcesRequest`.
public struct GetPodResourcesRequest: WireMessage {
  /// The pod's name.
  public var name: String
  /// The pod's Kubernetes namespace.
  public var namespace: String

  /// Creates the request for one pod.
  public init(name: String, namespace: String) {
    self.name = name
    self.namespace = namespace
  }
}

/// The devices of one pod. Corresponds to `v1.GetPodResourcesResponse`.
public struct GetPodResourcesResponse: WireMessage {
  /// The pod's devices; nil when the answer lacks them.
  public var pod: PodResources?

  /// Creates kubelet's answer.
  public init(pod: PodResources?) {
    self.pod = pod
  }
}
