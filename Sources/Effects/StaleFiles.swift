import Glibc
import HostInventory
import Linux
public import ResourcePools

/// Removes files of earlier runs: DeviceInfo files of devices that no pod has, and CDI specs of pools that no longer
/// exist.
///
/// Only files named by this program or the SR-IOV network device plugin are removed, and only when kubelet reports
/// which pod has what. For a restarting container resolves its CDI names again, and Multus reads the DeviceInfo file at
/// any ADD.
public struct StaleFiles: Sendable {
  let deviceInfoDirectory: String
  /// Nil when CDI is off.
  let cdiDirectory: String?
  /// Units that pods have; nil when that is unknown, and then only unfinished files are removed.
  let held: [HeldUnit]?

  /// `cdiDirectory` is nil if CDI is off; `held` is nil if kubelet does not report what pods have.
  public init(deviceInfoDirectory: String, cdiDirectory: String?, held: [HeldUnit]?) {
    self.deviceInfoDirectory = deviceInfoDirectory
    self.cdiDirectory = cdiDirectory
    self.held = held
  }

  /// - Returns: The paths that were removed.
  public func remove(pools: [PoolConfig]) -> [String] {
    let deviceInfo = ((try? DirectoryNames.read(deviceInfoDirectory)) ?? []).filter { name in
      isStale(deviceInfo: name, pools: pools)
        || isAbandoned(name) { final in pools.contains { Self.unit(of: final, in: $0.name) != nil } }
    }.map { "\(deviceInfoDirectory)/\($0)" }
    let specs = cdiDirectory.map { directory in
      ((try? DirectoryNames.read(directory)) ?? []).filter { name in
        isStale(spec: name, pools: pools) || isAbandoned(name) { $0.hasPrefix("sriov-dp-") && $0.hasSuffix(".json") }
      }.map { "\(directory)/\($0)" }
    }
    return (deviceInfo + (specs ?? [])).filter { FileKind(path: $0) == .regular && unlink($0) == 0 }
  }

  func isStale(deviceInfo name: String, pools: [PoolConfig]) -> Bool {
    guard let held else { return false }
    return pools.contains { pool in
      guard pool.type.writesDeviceInfo, let unit = Self.unit(of: name, in: pool.name) else { return false }
      // A claim's file has the device's id, also where the pool has replicas.
      return !held.contains { $0.pool == pool.name && ($0.unit == unit || UnitID.device(of: $0.unit) == unit) }
    }
  }

  func isStale(spec name: String, pools: [PoolConfig]) -> Bool {
    guard let held, name.hasPrefix("sriov-dp-"), let dot = name.lastIndex(of: ".") else { return false }
    let stem = name[..<dot]
    guard ["json", "yaml"].contains(name[name.index(after: dot)...]) else { return false }
    if name.hasSuffix(".json"), pools.contains(where: { $0.type.cdi.fileStem(of: $0.name) == stem }) { return false }
    return !held.contains { stem.hasPrefix("sriov-dp-\($0.pool.prefix)-") && stem.hasSuffix("-\($0.pool.name)") }
  }

  /// Whether the file is an unfinished temporary file (see `AtomicFile`) of a process that has ended.
  func isAbandoned(_ name: String, isOurs: (String) -> Bool) -> Bool {
    guard name.hasPrefix("."), let dot = name.lastIndex(of: "."), dot > name.startIndex,
      let process = pid_t(name[name.index(after: dot)...]), process > 0
    else { return false }
    var file = name[name.index(after: name.startIndex)..<dot]
    // With several at a time, the name has a number as well.
    if let dot = file.lastIndex(of: "."), UInt(file[file.index(after: dot)...]) != nil { file = file[..<dot] }
    guard isOurs(String(file)) else { return false }
    // This process has not written yet, so a file with its number belongs to an earlier process.
    return process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
  }

  /// `<prefix>-<name>-<unit>-device.json`, where the unit is a PCI address or a replica of one; nil for any other name.
  private static func unit(of file: String, in pool: ResourceName) -> String? {
    let head = "\(pool.prefix)-\(pool.name)-"
    let tail = "-device.json"
    guard file.hasPrefix(head), file.hasSuffix(tail), file.count > head.count + tail.count else { return nil }
    let unit = String(file.dropFirst(head.count).dropLast(tail.count))
    let address = unit.firstRange(of: "::").map { String(unit[..<$0.lowerBound]) } ?? unit
    return PCIAddress(address) == nil ? nil : unit
  }
}
