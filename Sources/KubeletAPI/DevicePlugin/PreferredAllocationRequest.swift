/// Asks which devices the plugin would choose. Corresponds to `v1beta1.PreferredAllocationRequest`.
public struct PreferredAllocationRequest: WireMessage {
  public var containers: [Container]

  public init(containers: [Container]) {
    self.containers = containers
  }

  /// The choice for one container. Corresponds to `v1beta1.ContainerPreferredAllocationRequest`.
  public struct Container: Sendable, Equatable {
    /// The ids to choose from; those of `mustInclude` are among them.
    public var available: [String]
    public var mustInclude: [String]
    /// How many devices the answer should have, `mustInclude` counted.
    public var size: Int

    public init(available: [String], mustInclude: [String] = [], size: Int) {
      self.available = available
      self.mustInclude = mustInclude
      self.size = size
    }
  }
}
