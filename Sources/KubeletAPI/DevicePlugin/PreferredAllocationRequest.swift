/// Asks which devices the plugin would choose. Corresponds to `v1beta1.PreferredAllocationRequest`.
public struct PreferredAllocationRequest: WireMessage {
  /// The containers to choose for; kubelet sends one in each call.
  public var containers: [Container]

  /// Creates kubelet's request.
  public init(containers: [Container]) {
    self.containers = containers
  }

  /// The choice for one container. Corresponds to `v1beta1.ContainerPreferredAllocationRequest`.
  public struct Container: Sendable, Equatable {
    /// The ids to choose from, with those of `mustInclude`.
    public var available: [String]
    /// The ids that the answer must contain, e.g. those that an init container has.
    public var mustInclude: [String]
    /// The number of ids that the answer should have, with those of `mustInclude`.
    public var size: Int

    /// Describes the choice for one container.
    public init(available: [String], mustInclude: [String] = [], size: Int) {
      self.available = available
      self.mustInclude = mustInclude
      self.size = size
    }
  }
}
