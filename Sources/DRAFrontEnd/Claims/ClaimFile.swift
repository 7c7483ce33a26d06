import HostInventory
import JSONText
import ResourcePools

/// The CDI spec of one claim. It has a device for each request, with the variables, nodes and mounts of all devices of
/// the request.
///
/// When two CDI devices set one variable of a container, the values are not joined. So lists such as PCIDEVICE_… are in
/// one device.
struct ClaimFile: Sendable, Equatable {
  /// The version of the CDI specification. Runtimes refuse versions that they do not know; 0.5.0 has all fields that
  /// are used here.
  private static let version = "0.5.0"

  let kind: String
  /// `devicepool-claim-<uid>.json`.
  let fileName: String
  private let devices: [(name: String, edits: Allocation)]

  /// `edits` by request, in order.
  init(uid: String, driver: DriverName, edits: [(request: String, edits: Allocation)]) {
    kind = Self.kind(of: driver)
    fileName = Self.fileName(of: uid, driver: driver)
    devices = edits.enumerated().map { (Self.deviceName(uid: uid, number: $0), $1.edits) }
  }

  static func == (a: ClaimFile, b: ClaimFile) -> Bool { a.fileName == b.fileName && a.text == b.text }

  static func kind(of driver: DriverName) -> String { "\(driver)/claim" }

  /// The name of a request's device: the claim's uid makes it unique.
  static func deviceName(uid: String, number: Int) -> String { "\(uid)-\(number)" }

  static func qualifiedName(uid: String, number: Int, driver: DriverName) -> String {
    "\(kind(of: driver))=\(deviceName(uid: uid, number: number))"
  }

  static func fileName(of uid: String, driver: DriverName) -> String { "\(prefix(of: driver))\(uid).json" }

  private static func prefix(of driver: DriverName) -> String { "\(driver)-claim-" }

  /// The uid in a spec file's name; nil for another program's file.
  static func uid(inFileName name: String, driver: DriverName) -> String? {
    guard isOurs(name, driver: driver), name.hasSuffix(".json") else { return nil }
    return String(name.dropFirst(prefix(of: driver).utf8.count).dropLast(".json".utf8.count))
  }

  static func isOurs(_ name: String, driver: DriverName) -> Bool { name.hasPrefix(prefix(of: driver)) }

  /// Whether a uid is safe in a path and a CDI name.
  static func isName(_ uid: String) -> Bool {
    (1...128).contains(uid.utf8.count)
      && uid.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
        default: false
        }
      } && uid.utf8.first != UInt8(ascii: "-")
  }

  /// The file: JSON, with a newline at the end.
  var text: String {
    JSONValue.object([
      .init("cdiVersion", .string(Self.version)), .init("kind", .string(kind)),
      .init(
        "devices",
        .array(
          devices.map { device in
            .object([.init("name", .string(device.name)), .init("containerEdits", device.edits.containerEdits)])
          })),
    ]).prettyText(keys: .given)
  }
}

extension Allocation {
  fileprivate var containerEdits: JSONValue {
    var fields: [JSONValue.Field] = []
    if !environment.isEmpty {
      let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      fields.append(.init("env", .strings(variables)))
    }
    if !nodes.isEmpty {
      fields.append(
        .init(
          "deviceNodes",
          .array(
            nodes.map {
              [
                "path": .string($0.containerPath), "hostPath": .string($0.hostPath),
                "permissions": .string($0.permissions),
              ]
            })))
    }
    if !mounts.isEmpty {
      fields.append(
        .init(
          "mounts",
          .array(
            mounts.map {
              [
                "hostPath": .string($0.hostPath), "containerPath": .string($0.containerPath),
                "options": .strings([$0.isReadOnly ? "ro" : "rw", "nosuid", "nodev", "bind"]),
              ]
            })))
    }
    return .object(fields)
  }
}
