/// An RDMA device and its character devices.
///
/// Corresponds to `<device>/infiniband/<name>`, `infiniband_verbs/uverbsN`, `infiniband_mad/{issm,umad}N`.
public struct RDMADevice: Sendable, Equatable {
  public let name: String
  /// Names below `/dev/infiniband`, in the order in which they are handed out: ucm, issm, umad, uverbs.
  public var characterDevices: [String]
  /// `ports/1/pkeys/0`, trimmed.
  public var partitionKey: String?

  public init(name: String, characterDevices: [String] = [], partitionKey: String? = nil) {
    self.name = name
    self.characterDevices = characterDevices
    self.partitionKey = partitionKey
  }
}
