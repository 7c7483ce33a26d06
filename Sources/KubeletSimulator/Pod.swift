public import KubeletAPI

/// A pod that asks for devices.
public struct Pod: Sendable, Equatable {
  public var uid: String
  public var name: String
  public var namespace: String
  /// They run first, one after the other; the pod's containers get their devices after them.
  public var initContainers: [Container]
  public var containers: [Container]

  public init(
    uid: String, name: String, namespace: String = "default", initContainers: [Container] = [],
    containers: [Container]
  ) {
    self.uid = uid
    self.name = name
    self.namespace = namespace
    self.initContainers = initContainers
    self.containers = containers
  }

  public struct Container: Sendable, Equatable {
    public var name: String
    public var requests: [ResourceRequest]
    /// The NUMA nodes that the topology manager has settled on; nil without one.
    public var numaNodes: Set<Int>?
    /// What DRA drivers have given it.
    public var claims: [PodResources.Claim]

    public init(
      name: String, requests: [ResourceRequest], numaNodes: Set<Int>? = nil, claims: [PodResources.Claim] = []
    ) {
      self.name = name
      self.requests = requests
      self.numaNodes = numaNodes
      self.claims = claims
    }
  }
}
