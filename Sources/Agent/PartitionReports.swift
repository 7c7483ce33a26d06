import Linux
import Logging
import Observability
import ResourcePools

/// Reports what a new partition changed: in the log, the counters and the features file.
struct PartitionReports {
  private let log: Logger
  private let counters: Counters
  /// The file for node-feature-discovery; nil for none.
  private let featuresFile: String?
  private var transitions = HealthTransitions()
  private var emptyPools = EmptyPoolWarnings()
  private var warnings = WarningTransitions()
  /// Why the features file could not be written last time.
  private var featureFault: String?

  init(log: Logger, counters: Counters, featuresFile: String?) {
    self.log = log
    self.counters = counters
    self.featuresFile = featuresFile
  }

  mutating func tell(of partition: PoolPartition) {
    tellHealth(of: partition)
    tellEmptyPools(of: partition)
    for warning in warnings.new(in: partition) { log.warning(warning.message, metadata: warning.metadata) }
  }

  private mutating func tellHealth(of partition: PoolPartition) {
    for change in transitions.changes(in: partition) {
      let name = "\(change.pool)"
      for (reason, units) in Dictionary(grouping: change.fallen, by: \.value).sorted(by: { $0.key < $1.key }) {
        log.warning(
          "device is unhealthy",
          metadata: ["resource": "\(name)", "ids": "\(IDList.some(of: units.map(\.key)))", "reason": "\(reason)"])
      }
      if !change.recovered.isEmpty {
        log.info(
          "device is healthy again",
          metadata: ["resource": "\(name)", "ids": "\(IDList.some(of: change.recovered))"])
      }
      counters.healthChanged(change.pool, sick: change.fallen.count, recovered: change.recovered.count)
    }
  }

  private mutating func tellEmptyPools(of partition: PoolPartition) {
    for empty in emptyPools.fresh(in: partition) {
      var metadata: Logger.Metadata = ["resource": "\(empty.pool)", "reason": "\(empty.reason)"]
      if !empty.closest.isEmpty { metadata["ids"] = "\(IDList.some(of: empty.closest))" }
      if let advice = empty.advice { metadata["advice"] = "\(advice)" }
      log.warning("the pool has no device", metadata: metadata)
    }
  }

  /// The file stays when the program ends, because the devices do too.
  mutating func publishFeatures(of partition: PoolPartition) {
    guard let path = featuresFile else { return }
    do throws(FileError) {
      let isNew = try AtomicFile(path: path, mode: 0o644).put(FeatureLabels(partition).text)
      if isNew { log.debug("features written", metadata: ["path": "\(path)"]) }
      featureFault = nil
    } catch {
      if featureFault != "\(error)" { log.warning("features cannot be written", metadata: ["err": "\(error)"]) }
      featureFault = "\(error)"
    }
  }
}
