import JSONText
import ResourcePools

/// The prepared claims and the devices that they hold: the content of the driver's checkpoint.
struct ClaimLedger: Sendable, Equatable {
  /// The claims by uid.
  private(set) var claims: [String: PreparedClaimRecord] = [:]

  /// The version of the file's format.
  private static let version = 1

  init() {}

  /// Adds a claim, or replaces the one with the same uid.
  mutating func add(_ claim: PreparedClaimRecord) { claims[claim.uid] = claim }

  mutating func remove(_ uid: String) { claims[uid] = nil }

  /// Finds a claim other than `uid` that holds the device and does not share it.
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

  /// The units that claims have, in the order of the claims' uids.
  func units(driver: DriverName) -> [ClaimedUnit] {
    claims.values.sorted { $0.uid < $1.uid }.flatMap { $0.units(driver: driver) }
  }

  var text: String {
    let list = claims.values.sorted { $0.uid < $1.uid }.map(\.json)
    return JSONValue.object([.init("version", .int(Self.version)), .init("claims", .array(list))])
      .text(escaping: .minimal) + "\n"
  }

  /// Why a checkpoint cannot be read.
  struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    let description: String
  }

  /// Decodes what `text` wrote.
  ///
  /// - Throws: For any other bytes. A driver that forgot a claim would allocate its devices again.
  init(decoding bytes: [UInt8]) throws(Failure) {
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
