public import HostInventory

/// A unit that a pod has. It must stay in its pool's list, and must not appear in another pool.
public struct HeldUnit: Sendable, Equatable {
  public let pool: ResourceName
  /// The id that kubelet knows.
  public let unit: String
  /// Its devices as they were last seen; empty when that is not known, as after a restart.
  public let devices: [Device]

  public init(pool: ResourceName, unit: String, devices: [Device] = []) {
    self.pool = pool
    self.unit = unit
    self.devices = devices
  }

  /// Ids of the devices behind it: a replica's id begins with its device's.
  public var deviceIDs: [String] {
    devices.isEmpty ? [UnitID.device(of: unit)] : devices.map(\.id)
  }
}

/// How ids of replicas are made and read.
public enum UnitID {
  static func replica(_ number: Int, of device: String) -> String { "\(device)::\(number)" }

  /// The id itself when it is not a replica's.
  public static func device(of unit: String) -> String {
    let parts = unit.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[parts.count - 2].isEmpty, Int(parts[parts.count - 1]) != nil else { return unit }
    return parts.dropLast(2).joined(separator: ":")
  }
}
