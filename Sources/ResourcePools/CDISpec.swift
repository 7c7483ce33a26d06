import HostInventory
import JSONText

/// A CDI spec file: what a runtime adds to a container for each device of a pool.
public struct CDISpec: Sendable, Equatable {
  /// The lowest version of the CDI specification with all used features: host paths in `deviceNodes`, and names that
  /// begin with a digit, as every PCI address does. Runtimes refuse versions that they do not know.
  static let version = "0.5.0"

  /// The CDI kind, e.g. `intel.com/net-pci`.
  public let kind: String
  /// The file's name, e.g. `sriov-dp-intel.com-net-pci-sriov_net.json`.
  public let fileName: String
  /// The devices of the pool that have something to add.
  public let devices: [Device]

  /// One device of the spec, and what a container with its name gets.
  public struct Device: Sendable, Equatable {
    /// The device's name within its kind.
    public let name: String
    /// Device nodes.
    public let nodes: [DeviceNode]
    /// Bind mounts.
    public let mounts: [Mount]
  }

  /// The file's contents: JSON, with a newline at the end.
  public var text: String {
    JSONValue.object([
      .init("cdiVersion", .string(Self.version)), .init("kind", .string(kind)), .init("containerEdits", .object([])),
      .init(
        "devices",
        .array(
          devices.map { device in
            .object([.init("name", .string(device.name)), .init("containerEdits", device.edits)])
          })),
    ]).prettyText(keys: .given)
  }
}

extension CDISpec.Device {
  fileprivate var edits: JSONValue {
    var fields: [JSONValue.Field] = []
    if !nodes.isEmpty { fields.append(.init("deviceNodes", .array(nodes.map(Self.json)))) }
    if !mounts.isEmpty { fields.append(.init("mounts", .array(mounts.map(Self.json)))) }
    return .object(fields)
  }

  private static func json(_ node: DeviceNode) -> JSONValue {
    .object([
      .init("path", .string(node.containerPath)), .init("hostPath", .string(node.hostPath)),
      .init("permissions", .string(node.permissions)),
    ])
  }

  /// Without the option `bind`, a runtime looks for a file system of that name.
  private static func json(_ mount: Mount) -> JSONValue {
    let options = [mount.isReadOnly ? "ro" : "rw", "nosuid", "nodev", "bind"]
    return .object([
      .init("hostPath", .string(mount.hostPath)), .init("containerPath", .string(mount.containerPath)),
      .init("options", .strings(options)),
    ])
  }
}
