/// How a pool's devices are called in the Container Device Interface.
public enum CDINaming: Sendable, Equatable {
  /// Kind `<resource prefix>/<class>`, devices by their ids: no two such pools share a device.
  case ownKind(class: String)
  /// One kind for all such pools, devices by pool and id: two pools may hold the same device, and a name that stands in
  /// two files of one directory resolves to neither.
  case commonKind(vendor: String, class: String)

  /// `intel.com/net-pci`.
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

  /// `intel.com/net-pci=0000:3b:02.0`.
  public func qualifiedName(of device: String, in pool: ResourceName) -> String {
    "\(kind(of: pool))=\(name(of: device, in: pool))"
  }

  /// The spec file's name without its extension. Every such name begins with `sriov-dp-`, as the SR-IOV plugin's do, so
  /// that leftover files of both can be distinguished from other programs' files.
  public func fileStem(of pool: ResourceName) -> String {
    switch self {
    case .ownKind(let name): "sriov-dp-\(pool.prefix)-\(name)-\(pool.name)"
    case .commonKind(let vendor, let name): "sriov-dp-\(vendor)-\(name)-\(pool.prefix)_\(pool.name)"
    }
  }

  /// The annotation's key for `pool`.
  ///
  /// The SR-IOV plugin's key is one for all pools of a kind, and kubelet keeps only the first of two equal keys in one
  /// container. Beside the `cdi_devices` field, which names every device, that does no harm and the key stays the
  /// SR-IOV plugin's. Where annotations are all that a runtime gets, each pool has a key of its own.
  func annotationKey(of pool: ResourceName, mode: CDIMode) -> String {
    let kind = String(kind(of: pool).map { $0 == "/" ? "_" : $0 })
    return "cdi.k8s.io/" + Self.shortened(mode == .annotations ? "\(kind)_\(pool.name)" : kind)
  }

  /// Kubernetes allows 63 characters after the slash; a digest (FNV-1a) stands for what is longer.
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > 63 else { return name }
    let digest = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "cdi-" + String(digest, radix: 16)
  }
}

/// How CDI device names reach the container runtime.
public enum CDIMode: String, Sendable, CaseIterable {
  /// Without CDI: the answer has nodes and mounts.
  case off
  case annotations
  case field
  case both
}
