/// The claims that kubelet asks a driver to prepare or to unprepare. Corresponds to `NodePrepareResourcesRequest` and
/// `NodeUnprepareResourcesRequest`.
public struct ClaimList: WireMessage {
  /// The claims of one pod.
  public var claims: [ClaimReference]

  /// Creates kubelet's request.
  public init(claims: [ClaimReference]) { self.claims = claims }
}

/// Identifies a ResourceClaim; the UID distinguishes it from an earlier claim with its name. Corresponds to `Claim`.
public struct ClaimReference: Sendable, Hashable {
  /// The claim's Kubernetes namespace.
  public var namespace: String
  /// The claim's UID, under which the answer reports it.
  public var uid: String
  /// The claim's name.
  public var name: String

  /// Identifies a claim by its namespace, UID and name.
  public init(namespace: String, uid: String, name: String) {
    self.namespace = namespace
    self.uid = uid
    self.name = name
  }
}
