import JSONText

/// The prepared claims and the devices that they hold: the content of the driver's checkpoint.
public struct ClaimLedger: Sendable, Equatable {
  /// By uid.
  public private(set) var claims: [String: PreparedClaimRecord] = [:]

  /// The version of the file's format.
  private static let version = 1

  public init() {}

  /// Adds a claim, or replaces the one with the same uid.
  public mutating func add(_ claim: PreparedClaimRecord) { claims[claim.uid] = claim }

  public mutating func remove(_ uid: String) { claims[uid] = nil }

  /// The claim that has the device and does not share it, but for `uid`.
  func holder(of device: PreparedClaimRecord.Device, but uid: String) -> PreparedClaimRecord? {
    claims.values.filter { claim in
      claim.uid != uid
        && claim.devices.contains { other in
          other.resource == device.resource && other.unit == device.unit && !other.isAdmin && other.share.isEmpty
        }
    }.min { $0.uid < $1.uid }
  }

  /// Whether another claim needs the DeviceInfo file of this name.
  func needs(deviceInfo name: String, but uid: String) -> Bool {
    claims.values.contains { claim in claim.uid != uid && claim.devices.contains { $0.deviceInfo == name } }
  }

  public var text: String {
    let list = claims.values.sorted { $0.uid < $1.uid }.map(\.json)
    return JSONValue.object([.init("version", .int(Self.version)), .init("claims", .array(list))])
      .text(escaping: .minimal) + "\n"
  }

  /// Why a checkpoint cannot be read.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// Throws when the bytes are not what `text` wrote: a driver that has forgotten a claim would hand its devices out again.
  public init(decoding bytes: [UInt8]) throws(Failure) {
    let node: JSONNode
    do throws(JSONSyntaxError) { node = try JSONNode.parse(bytes) } catch { throw Failure(description: "\(error)") }
    guard node["version"]?.int == Self.version, let list = node["claims"]?.array else {
      throw Failure(description: "expected version \(Self.version) and a list of claims")
    }
    for (index, item) in list.enumerated() {
      guard let claim = PreparedClaimRecord(item) else { throw Failure(description: "claims[\(index)] is no claim") }
      claims[claim.uid] = claim
    }
  }
}
