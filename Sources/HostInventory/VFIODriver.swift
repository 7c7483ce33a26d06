/// The drivers that hand a PCI function to user space by vfio.
public enum VFIODriver {
  /// The driver for every device. Containers get nodes of functions that are bound to this one alone, as from the SR-IOV
  /// plugin.
  public static let generic = "vfio-pci"

  /// Whether it is one of them: `vfio-pci`, or a driver for single devices such as `mlx5_vfio_pci`.
  static func has(_ name: String?) -> Bool { name?.contains("vfio") == true }
}
