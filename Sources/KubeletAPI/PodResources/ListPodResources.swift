/// Asks kubelet for the devices of all active pods. Corresponds to `v1.ListPodResourcesRequest`.
public struct ListPodResourcesRequest: WireMessage {
  /// Creates the request; it has no fields.
  public init() {}
}

/// The devices of all active pods. Corresponds to `v1.ListPodResourcesResponse`.
public struct ListPodResourcesResponse: WireMessage {
  /// One entry for each pod, those without devices included.
  public var pods: [PodResources]

  /// Creates kubelet's answer.
  public init(pods: [PodResources]) {
    self.pods = pods
  }
}
