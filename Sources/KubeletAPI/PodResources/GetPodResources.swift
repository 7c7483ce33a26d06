/// Asks for the devices of one pod. Corresponds to `v1.GetPodResourcesRequest`.
public struct GetPodResourcesRequest: WireMessage {
  public var name: String
  public var namespace: String

  public init(name: String, namespace: String) {
    self.name = name
    self.namespace = namespace
  }
}

/// Corresponds to `v1.GetPodResourcesResponse`.
public struct GetPodResourcesResponse: WireMessage {
  public var pod: PodResources?

  public init(pod: PodResources?) {
    self.pod = pod
  }
}
