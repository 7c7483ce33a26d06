/// How the devices of a pool are named in the Container Device Interface.
public enum CDINaming: Sendable, Equatable {
  /// Kind `<resource prefix>/<class>`; devices have their ids as names. No two such pools share a device.
  case ownKind(class: String)
  /// One kind for all such pools; device names consist of pool and id. Two pools may have the same device, and a name
  /// that is in two files of one directory resolves to neither.
  case commonKind(vendor: String, class: String)

  /// The CDI kind, e.g. `intel.com/net-pci`.
  public func kind(of pool: ResourceName) -> String {
    switch self {
    case .ownKind(let name): "\(pool.prefix)/\(name)"
    case .commonKind(let vendor, let name): "\(vendor)/\(name)"
    }
  }

  /// The device's name within its kind.
  public func name(of device: String, in pool: ResourceName) -> String {
    switch self {
    case .ownKind: device
    case .commonKind: "\(pool.prefix)_\(pool.name)-\(device)"
    }
  }

  /// The fully qualified name, e.g. `intel.com/net-pci=0000:3b:02.0`.
  public func qualifiedName(of device: String, in pool: ResourceName) -> String {
    "\(kind(of: pool))=\(name(of: device, in: pool))"
  }

  /// The name of the spec file without its extension. Every name begins with `sriov-dp-`, as those of the SR-IOV
  /// network device plugin do, so that obsolete files of both can be told from other programs' files.
  public func fileStem(of pool: ResourceName) -> String {
    switch self {
    case .ownKind(let name): "sriov-dp-\(pool.prefix)-\(name)-\(pool.name)"
    case .commonKind(let vendor, let name): "sriov-dp-\(vendor)-\(name)-\(pool.prefix)_\(pool.name)"
    }
  }

  /// The annotation's key for `pool`.
  ///
  /// The SR-IOV network device plugin uses one key for all pools of a kind, but kubelet keeps only the first of two
  /// equal keys in one container. That is harmless together with the field `cdi_devices`, which names every device, so
  /// its key is used there. When a runtime gets only annotations, each pool has its own key.
  func annotationKey(of pool: ResourceName, mode: CDIMode) -> String {
    let kind = String(kind(of: pool).map { $0 == "/" ? "_" : $0 })
    return "cdi.k8s.io/" + Self.shortened(mode == .annotations ? "\(kind)_\(pool.name)" : kind)
  }

  /// Kubernetes allows 63 characters after the slash; the end of a longer name is replaced by a digest (FNV-1a).
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > 63 else { return name }
    let digest = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "cdi-" + String(digest, radix: 16)
  }
}

/// How CDI device names reach the container runtime (`-use-cdi` and `-cdi-mode`).
public enum CDIMode: String, Sendable, CaseIterable {
  /// CDI is not used: the answer has nodes and mounts.
  case off
  /// By annotations of the container, for runtimes and kubelets before the field existed.
  case annotations
  /// By the field `cdi_devices` of the Allocate answer.
  case field
  /// By both.
  case both
}
