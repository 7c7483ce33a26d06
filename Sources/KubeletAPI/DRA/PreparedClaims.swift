/// The driver's answer for each claim to prepare. Corresponds to `NodePrepareResourcesResponse`.
public struct PreparedClaims: WireMessage {
  /// One entry for each claim of the request.
  public var claims: [PreparedClaim]

  /// Creates the driver's answer.
  public init(claims: [PreparedClaim]) { self.claims = claims }
}

/// The devices of one prepared claim, or the reason why there are none. Corresponds to an entry of
/// `NodePrepareResourcesResponse.claims`.
public struct PreparedClaim: Sendable, Equatable {
  /// The claim's UID, the key of the entry.
  public var uid: String
  /// The devices of this driver that the claim has.
  public var devices: [PreparedDevice]
  /// Why the claim can't be prepared; empty when it is prepared.
  public var error: String

  /// Creates an entry; without an error the claim counts as prepared.
  public init(uid: String, devices: [PreparedDevice] = [], error: String = "") {
    self.uid = uid
    self.devices = devices
    self.error = error
  }
}

/// One device of a prepared claim. Corresponds to `Device`.
public struct PreparedDevice: Sendable, Equatable {
  /// The requests of the claim that the device satisfies, without subrequests. An empty list stands for all of them.
  public var requests: [String]
  /// The pool of the device in its ResourceSlice.
  public var pool: String
  /// The name of the device in its ResourceSlice.
  public var device: String
  /// The CDI devices that the runtime adds to the container, e.g. `devicepool/claim=<uid>-0`.
  public var cdiNames: [String]
  /// The share of a device that several claims use; empty when the claim has all of it. Version v1beta1 lacks the
  /// field.
  public var share: String

  /// Describes one device by its names in the ResourceSlice.
  public init(requests: [String], pool: String, device: String, cdiNames: [String], share: String = "") {
    self.requests = requests
    self.pool = pool
    self.device = device
    self.cdiNames = cdiNames
    self.share = share
  }
}

/// The driver's answer for each claim to unprepare. Corresponds to `NodeUnprepareResourcesResponse`.
public struct UnpreparedClaims: WireMessage {
  /// One entry for each claim of the request.
  public var claims: [UnpreparedClaim]

  /// Creates the driver's answer.
  public init(claims: [UnpreparedClaim]) { self.claims = claims }
}

/// The result for one claim. Corresponds to an entry of `NodeUnprepareResourcesResponse.claims`.
public struct UnpreparedClaim: Sendable, Equatable {
  /// The claim's UID, the key of the entry.
  public var uid: String
  /// Why the claim can't be unprepared; empty when it is.
  public var error: String

  /// Creates an entry; without an error the claim counts as unprepared.
  public init(uid: String, error: String = "") {
    self.uid = uid
    self.error = error
  }
}
