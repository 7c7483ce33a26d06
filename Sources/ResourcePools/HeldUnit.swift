public import HostInventory

/// A unit that a pod has. It must stay in its pool's list, and its devices must not appear in another pool.
public struct HeldUnit: Sendable, Equatable {
  /// The resource by which the pod has it.
  public let pool: ResourceName
  /// The id that kubelet knows.
  public let unit: String
  /// Its devices as they were last seen; empty when they are unknown, as after a restart.
  public let devices: [Device]

  /// Creates a held unit.
  public init(pool: ResourceName, unit: String, devices: [Device] = []) {
    self.pool = pool
    self.unit = unit
    self.devices = devices
  }

  /// Ids of its devices. If they are unknown, the id of the unit tells: a replica's begins with its device's id.
  public var deviceIDs: [String] {
    devices.isEmpty ? [UnitID.device(of: unit)] : devices.map(\.id)
  }
}

/// Builds and parses ids of replicas, `<device>::<n>`.
public enum UnitID {
  static func replica(_ number: Int, of device: String) -> String { "\(device)::\(number)" }

  /// The device of a replica's id; any other id is returned as it is.
  public static func device(of unit: String) -> String {
    let parts = unit.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[parts.count - 2].isEmpty, Int(parts[parts.count - 1]) != nil else { return unit }
    return parts.dropLast(2).joined(separator: ":")
  }
}
