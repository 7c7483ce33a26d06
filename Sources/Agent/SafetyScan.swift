import HostInventory
import ResourcePools

/// Decides when the host is scanned without an event, and how thoroughly.
///
/// The kernel reports changes, and says when it dropped a report. To read the whole host costs more than a start, so
/// most scans compare `FunctionFingerprints` and read only what differs. Some changes do not show there (an attribute
/// that changes in place without an event). Every tenth scan reads everything, which is every ten minutes with the
/// standard interval.
struct SafetyScan: Sendable {
  /// Seconds between two scans, unless the configuration has an interval.
  static let standardInterval = 60
  /// One scan in this many reads everything.
  static let wholeEvery = 10

  private var looks = 0
  private var last: FunctionFingerprints?
  /// Seconds of a clock that only goes forward.
  private var lastLook = 0.0

  /// Seconds between two scans; nil when only events cause one.
  ///
  /// `periodicUpdateInterval` is about shared pools. Claimed pools are looked at every minute at least.
  static func interval(of config: PluginConfig) -> Int? {
    guard !config.sharedPools.isEmpty else { return standardInterval }
    let asked = config.periodicUpdateInterval > 0 ? config.periodicUpdateInterval : nil
    return config.pools.isEmpty ? asked : min(asked ?? standardInterval, standardInterval)
  }

  /// Seconds until the agent asks `isDue` again: at most a minute, because it compares the configuration files then.
  static func pause(of config: PluginConfig) -> Int { min(interval(of: config) ?? standardInterval, standardInterval) }

  /// Whether a scan is due. Timers are not exact, hence a second less.
  func isDue(_ config: PluginConfig, at now: Double) -> Bool {
    guard let interval = Self.interval(of: config) else { return false }
    return now - lastLook >= Double(interval) - 1
  }

  /// Records that the host was read as a whole.
  mutating func note(_ fingerprints: FunctionFingerprints, at now: Double) {
    last = fingerprints
    lastLook = now
  }

  /// What the scan that begins now must read; nil for nothing. `isIncomplete` is whether fingerprints do not tell
  /// everything: a file could not be read, or devices have none.
  mutating func begin(
    _ fingerprints: FunctionFingerprints, isIncomplete: Bool, at now: Double
  ) -> NodeChanges.Scope? {
    defer { note(fingerprints, at: now) }
    looks += 1
    guard looks % Self.wholeEvery != 0, let last else { return .everything }
    return isIncomplete || fingerprints != last ? .functions(fingerprints.changed(since: last)) : nil
  }
}

extension HostSnapshot {
  /// Whether fingerprints of PCI functions show each change that the kernel does not tell of: links are known and their
  /// changes are events, and each device is a function or belongs to one.
  var hasAllFingerprints: Bool { kernel.links != nil && !inventory.devices.contains { $0.bus == .unifiedBus } }
}
