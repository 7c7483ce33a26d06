import JSONText
import KubeletAPI
public import ResourcePools

/// A prepared claim: the answer that kubelet got, and what has to be undone later.
public struct PreparedClaimRecord: Sendable, Equatable {
  public let uid: String
  public let namespace: String
  public let name: String
  public let devices: [Device]

  /// One device of the claim.
  public struct Device: Sendable, Equatable {
    public let request: String
    public let pool: String
    public let device: String
    public let share: String
    public let isAdmin: Bool
    public let resource: ResourceName
    /// The unit of the pool, and the device's own id, which is empty for a shared pool.
    public let unit: String
    public let deviceID: String
    /// The CDI name of everything that the request gets, for its first device; none for the others.
    public let cdiNames: [String]
    /// Name of the DeviceInfo file; empty when none was written.
    public let deviceInfo: String
  }

  public init(uid: String, namespace: String, name: String, devices: [Device]) {
    self.uid = uid
    self.namespace = namespace
    self.name = name
    self.devices = devices
  }

  /// Every claim object has such a name.
  public var title: String { "\(namespace)/\(name)" }
}

extension PreparedClaimRecord {
  var json: JSONValue {
    [
      "uid": .string(uid), "namespace": .string(namespace), "name": .string(name),
      "devices": .array(devices.map(\.json)),
    ]
  }

  init?(_ node: JSONNode) {
    guard let uid = node["uid"]?.string, let namespace = node["namespace"]?.string, let name = node["name"]?.string,
      let list = node["devices"]?.array, ClaimFile.isName(uid)
    else { return nil }
    let devices = list.compactMap(Device.init)
    guard devices.count == list.count else { return nil }
    self.init(uid: uid, namespace: namespace, name: name, devices: devices)
  }
}

extension PreparedClaimRecord.Device {
  fileprivate var json: JSONValue {
    [
      "request": .string(request), "pool": .string(pool), "device": .string(device), "share": .string(share),
      "admin": .bool(isAdmin), "resourcePrefix": .string(resource.prefix), "resourceName": .string(resource.name),
      "unit": .string(unit), "id": .string(deviceID), "cdi": .strings(cdiNames), "deviceInfo": .string(deviceInfo),
    ]
  }

  fileprivate init?(_ node: JSONNode) {
    func text(_ key: String) -> String? { node[key]?.string }
    guard let request = text("request"), let pool = text("pool"), let device = text("device"),
      let share = text("share"), let isAdmin = node["admin"]?.bool, let prefix = text("resourcePrefix"),
      let name = text("resourceName"), let unit = text("unit"), let id = text("id"), let names = node["cdi"]?.array,
      let deviceInfo = text("deviceInfo"), Self.isFileName(deviceInfo)
    else { return nil }
    self.init(
      request: request, pool: pool, device: device, share: share, isAdmin: isAdmin,
      resource: ResourceName(prefix: prefix, name: name), unit: unit, deviceID: id,
      cdiNames: names.compactMap(\.string), deviceInfo: deviceInfo)
  }

  /// The name becomes part of a path; empty: there is no file.
  private static func isFileName(_ name: String) -> Bool {
    name.isEmpty || (name.hasSuffix(".json") && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") })
  }
}
