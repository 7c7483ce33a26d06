/// How much of a known device is read again before a container gets it.
public enum Recheck: Sendable, Comparable {
  /// The driver; for vfio-pci also the IOMMU group and the device node. If they are unchanged, the other facts are kept.
  case binding
  /// All facts: some of what a container gets comes and goes while the driver stays.
  case everything
}
