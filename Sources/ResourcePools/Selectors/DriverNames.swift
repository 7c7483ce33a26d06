/// Names that occur in `drivers` of many configurations although no driver of a PCI function has them.
enum DriverNames {
  /// Why no function can have a driver of this name; nil when one can. The empty string means a device without driver.
  static func fault(of name: String) -> String? {
    guard !name.isEmpty else { return "matches no device: only devices with a driver are offered" }
    let expected = "expected the name of the bound driver, such as mlx5_core, iavf or vfio-pci"
    if name.contains(where: SelectorValue.isWildcard) {
      return "matches no device: names are compared whole, without patterns; \(expected)"
    }
    if name.contains(where: { $0 == "," || $0 == " " || $0 == "/" }) {
      return "matches no device: \(expected), and one name in each string"
    }
    let folded = folded(name)
    if let reason = words[folded] { return "is not a driver of a PCI function: \(reason)" }
    guard let driver = spellings[folded], driver != name else { return nil }
    return "matches no device: the driver is called \(driver)"
  }

  /// Whether it hands functions to user space, so that they have no network interface or RDMA device.
  static func isForUserSpace(_ name: String) -> Bool {
    name.contains("vfio") || ["uio", "igb_uio", "uio_pci_generic"].contains(name)
  }

  /// Lower case, with one kind of separator.
  private static func folded(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" ? "_" : $0 })
  }

  /// Words with another meaning. RDMA drivers are bound to auxiliary devices below the function.
  private static let words = [
    "netdevice": "it is a deviceType of the SR-IOV network operator; expected a driver such as mlx5_core or iavf",
    "netdev": "expected a driver such as mlx5_core or iavf",
    "kernel": "expected a driver such as mlx5_core or iavf",
    "dpdk": "DPDK uses functions that are bound to vfio-pci",
    "vfio": "expected vfio-pci",
    "uio": "expected igb_uio: functions of other UIO drivers get no node",
    "ib_core": "expected a driver such as mlx5_core, and isRdma",
    "ib_uverbs": "expected a driver such as mlx5_core, and isRdma",
    "userspace": "DPDK uses functions that are bound to vfio-pci",
    "vfio_pci_core": "expected vfio-pci",
    "sriov": "expected the driver of the VFs, such as iavf, mlx5_core or vfio-pci",
    "rdma": "expected a driver such as mlx5_core, and isRdma",
    "vdpa": "expected a driver such as mlx5_core, and vdpaType",
    "vhost_vdpa": "it is a driver of vDPA devices; expected the function's driver, and vdpaType vhost",
    "virtio_vdpa": "it is a driver of vDPA devices; expected the function's driver, and vdpaType virtio",
    "virtio_net": "it is bound to the virtio device below the function; expected virtio-pci",
    "mlx5": "expected mlx5_core",
    "mlx5_ib": "it is bound below the function; expected mlx5_core, and isRdma",
    "mlx5_en": "it is a part of mlx5_core; expected mlx5_core",
    "mlx4_en": "it is bound below the function; expected mlx4_core",
    "mlx4_ib": "it is bound below the function; expected mlx4_core, and isRdma",
    "irdma": "it is bound below the function; expected ice, iavf or i40e, and isRdma",
    "i40iw": "it is bound below the function; expected i40e, and isRdma",
    "bnxt_re": "it is bound below the function; expected bnxt_en, and isRdma",
    "qedr": "it is bound below the function; expected qede, and isRdma",
    "iw_cxgb4": "it is bound below the function; expected cxgb4, and isRdma",
    "hns_roce": "it is bound below the function; expected hns3, and isRdma",
    "hns_roce_hw_v2": "it is bound below the function; expected hns3, and isRdma",
    "mana_ib": "it is bound below the function; expected mana, and isRdma",
    "ionic_rdma": "it is bound below the function; expected ionic, and isRdma",
  ]

  /// Drivers whose names are often written with the other separator.
  ///
  /// vfio's drivers for single devices have the names of their modules, in which the kernel turns hyphens into underscores
  /// (KBUILD_MODNAME); vfio-pci has a name of its own. HiSilicon's driver is left out: its name differs between kernels.
  private static let spellings: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "vfio-pci", "mlx5_core", "mlx4_core", "mlx5_vfio_pci", "nvgrace_gpu_vfio_pci", "pds_vfio_pci", "virtio_vfio_pci",
      "igb_uio", "uio_pci_generic", "virtio-pci", "bnxt_en", "pci-stub", "iavf", "ixgbevf", "ixgbe", "ice", "i40e",
      "idpf",
    ].map { (folded($0), $0) })
}
