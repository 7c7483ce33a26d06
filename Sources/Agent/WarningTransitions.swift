import Logging
import Observability
import ResourcePools

/// Remembers which warnings about pools were logged. Each is logged once, until it has disappeared and come back.
struct WarningTransitions: Sendable {
  struct Line: Sendable {
    let message: Logger.Message
    let metadata: Logger.Metadata
  }

  private var told: Set<String> = []

  /// The warnings that are new in `partition`.
  mutating func new(in partition: PoolPartition) -> [Line] {
    var now: Set<String> = []
    var lines: [Line] = []
    // A missing interface is reported as the device's health.
    for warning in partition.warnings where warning.kind != .interface {
      guard now.insert(warning.description).inserted, !told.contains(warning.description) else { continue }
      let ids = IDList.some(of: warning.devices)
      lines.append(
        Line(
          message: "devices should not be offered like this",
          metadata: ["resource": "\(warning.pool)", "ids": "\(ids)", "reason": "\(warning.text)"]))
    }
    for (id, resource) in partition.foreignUses.sorted(by: { $0.key < $1.key }) {
      let key = "\(id) \(resource)"
      guard now.insert(key).inserted, !told.contains(key) else { continue }
      lines.append(
        Line(
          message: "another agent serves a device of these pools too: a pod has it under that resource",
          metadata: ["ids": "\(id)", "resource": "\(resource)"]))
    }
    told = now
    return lines
  }
}
