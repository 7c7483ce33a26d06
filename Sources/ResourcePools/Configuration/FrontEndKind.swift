/// The interface by which kubelet gets a pool's devices: the key `serve`.
public enum FrontEndKind: String, Sendable, CaseIterable {
  /// Kubelet's device plugin API: extended resources that the node advertises.
  case devicePlugin
  /// Dynamic Resource Allocation: ResourceSlices and claims.
  case dra
}
