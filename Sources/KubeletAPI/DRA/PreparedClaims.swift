/// The result for each claim. Corresponds to `NodePrepareResourcesResponse`.
public struct PreparedClaims: WireMessage {
  public var claims: [PreparedClaim]

  public init(claims: [PreparedClaim]) { self.claims = claims }
}

/// One claim's devices, or why it has none. Corresponds to an entry of `NodePrepareResourcesResponse.claims`.
public struct PreparedClaim: Sendable, Equatable {
  public var uid: String
  public var devices: [PreparedDevice]
  /// Empty: the claim is prepared.
  public var error: String

  public init(uid: String, devices: [PreparedDevice] = [], error: String = "") {
    self.uid = uid
    self.devices = devices
    self.error = error
  }
}

/// Corresponds to `Device`.
public struct PreparedDevice: Sendable, Equatable {
  /// Without subrequests; none: the device belongs to every request of the claim.
  public var requests: [String]
  public var pool: String
  public var device: String
  /// `devicepool/claim=<uid>-0`.
  public var cdiNames: [String]
  /// Which share of a device that several claims have; empty: all of it. Version v1beta1 has no such field.
  public var share: String

  public init(requests: [String], pool: String, device: String, cdiNames: [String], share: String = "") {
    self.requests = requests
    self.pool = pool
    self.device = device
    self.cdiNames = cdiNames
    self.share = share
  }
}

/// Corresponds to `NodeUnprepareResourcesResponse`.
public struct UnpreparedClaims: WireMessage {
  public var claims: [UnpreparedClaim]

  public init(claims: [UnpreparedClaim]) { self.claims = claims }
}

/// Corresponds to an entry of `NodeUnprepareResourcesResponse.claims`.
public struct UnpreparedClaim: Sendable, Equatable {
  public var uid: String
  /// Empty: the claim is given back.
  public var error: String

  public init(uid: String, error: String = "") {
    self.uid = uid
    self.error = error
  }
}
