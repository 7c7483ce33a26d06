import JSONText
import KubeletAPI
import ResourcePools

/// A prepared claim: kubelet's answer, and what must be removed when the claim is unprepared.
struct PreparedClaimRecord: Sendable, Equatable {
  let uid: String
  let namespace: String
  let name: String
  let devices: [Device]

  /// One device of the claim.
  struct Device: Sendable, Equatable {
    let request: String
    let pool: String
    let device: String
    let share: String
    let isAdmin: Bool
    let resource: ResourceName
    /// The pool's unit for the device; `deviceID` is the device itself, empty for a shared pool.
    let unit: String
    let deviceID: String
    /// The CDI name of all that the request gets, in its first device; empty in the others.
    let cdiNames: [String]
    /// Name of the DeviceInfo file; empty when none was written.
    let deviceInfo: String
  }

  init(uid: String, namespace: String, name: String, devices: [Device]) {
    self.uid = uid
    self.namespace = namespace
    self.name = name
    self.devices = devices
  }

  /// The claim as `namespace/name`.
  var title: String { "\(namespace)/\(name)" }

  /// The units that the claim has. One with admin access has none: others may use its devices.
  func units(driver: DriverName) -> [ClaimedUnit] {
    devices.filter { !$0.isAdmin }.map {
      ClaimedUnit(
        resource: $0.resource, unit: $0.unit, isShared: $0.deviceID.isEmpty, namespace: namespace, claim: name,
        driver: "\(driver)")
    }
  }
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

  /// Whether the name is safe in a path; an empty one means that there is no file.
  private static func isFileName(_ name: String) -> Bool {
    name.isEmpty || (name.hasSuffix(".json") && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") })
  }
}
