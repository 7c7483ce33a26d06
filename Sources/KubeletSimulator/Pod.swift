public import KubeletAPI

/// A pod that requests devices.
public struct Pod: Sendable, Equatable {
  /// The pod's UID; the simulator admits it once.
  public var uid: String
  /// The pod's name, for the pod resources API.
  public var name: String
  /// The pod's Kubernetes namespace.
  public var namespace: String
  /// Containers that run first, one after the other. The other containers reuse their devices.
  public var initContainers: [Container]
  /// Containers that run together after the init containers.
  public var containers: [Container]

  /// Creates a pod; it gets devices when it is admitted.
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

  /// A container of a pod.
  public struct Container: Sendable, Equatable {
    /// The container's name.
    public var name: String
    /// The devices that it requests, each resource once.
    public var requests: [ResourceRequest]
    /// The NUMA nodes that the topology manager has chosen; nil without a topology manager.
    public var numaNodes: Set<Int>?
    /// The devices that DRA drivers have prepared for it; the pod resources API reports them.
    public var claims: [PodResources.Claim]

    /// Creates a container.
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
