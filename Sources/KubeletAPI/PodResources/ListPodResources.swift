/// Asks for the devices of all active pods. Corresponds to `v1.ListPodResourcesRequest`.
public struct ListPodResourcesRequest: WireMessage {
  public init() {}
}

/// Corresponds to `v1.ListPodResourcesResponse`.
public struct ListPodResourcesResponse: WireMessage {
  public var pods: [PodResources]

  public init(pods: [PodResources]) {
    self.pods = pods
  }
}
