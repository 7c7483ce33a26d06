/// How much of a known device is read again before a container gets it.
public enum Recheck: Sendable, Comparable {
  /// Its driver and its IOMMU group. If both are as before, all other facts are taken to be.
  case binding
  /// All facts: some of what a container gets comes and goes while the driver stays.
  case everything
}
