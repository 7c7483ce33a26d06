/// Claims that kubelet asks to be prepared, or given back. Corresponds to `NodePrepareResourcesRequest` and
/// `NodeUnprepareResourcesRequest`.
public struct ClaimList: WireMessage {
  public var claims: [ClaimReference]

  public init(claims: [ClaimReference]) { self.claims = claims }
}

/// A claim by its names; the uid tells two claims of one name apart. Corresponds to `Claim`.
public struct ClaimReference: Sendable, Hashable {
  public var namespace: String
  public var uid: String
  public var name: String

  public init(namespace: String, uid: String, name: String) {
    self.namespace = namespace
    self.uid = uid
    self.name = name
  }
}
