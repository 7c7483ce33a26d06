/// Finds what is above a PCI function, from its resolved path in sysfs.
enum BridgePath {
  /// Addresses of the bridges, the root port first: those of `…/pci0000:3a/0000:3a:00.0/0000:3b:00.0` are `0000:3a:00.0`.
  ///
  /// Only what follows the last host bridge counts: above a VMD domain there is an endpoint, not a bridge.
  static func bridges(above path: UnsafeRawBufferPointer) -> [PCIAddress] {
    var bridges: [PCIAddress] = []
    for component in path.split(separator: UInt8(ascii: "/")).dropLast() {
      if let address = PCIAddress(UnsafeRawBufferPointer(rebasing: component)) {
        bridges.append(address)
      } else {
        bridges.removeAll()
      }
    }
    return bridges
  }

  /// The host bridge, such as `pci0000:3a`: the first component below `/sys/devices`.
  static func root(of path: UnsafeRawBufferPointer) -> String? {
    let components = path.split(separator: UInt8(ascii: "/"))
    let root = components.first {
      $0.starts(with: "pci".utf8) && PCIAddress(UnsafeRawBufferPointer(rebasing: $0)) == nil
    }
    return root.flatMap { String(validating: $0, as: UTF8.self) }
  }
}
