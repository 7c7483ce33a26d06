import HostInventory
import Linux
import ResourcePools
import Synchronization

/// The CDI specs of the pools in `/var/run/cdi`, which a reboot or an operator may remove at any time.
final class PublishedSpecs: Sendable {
  private let directory: String
  /// The last written state of each file, by name; nil for a pool without a device that a spec could describe.
  private let written = Mutex<[String: FileStamp?]>([:])

  init(directory: String) { self.directory = directory }

  /// Writes the pool's spec, if it has one and the file does not hold it already. `current` are devices that have
  /// changed.
  ///
  /// Devices that cannot be described now stay in the file as they were, because a pod may have them.
  func publish(_ pool: ResourcePool, nodes: HostNodes, seeing current: [String: Device] = [:]) throws(FileError) {
    let path = "\(directory)/\(pool.cdiFileName)"
    let before = (try? SmallFile.read(path)).flatMap { CDISpec(parsing: $0, fileName: pool.cdiFileName) }
    let spec = pool.cdiSpec(nodes: nodes, seeing: current, before: before)
    if let spec { try CDISpecFile(spec, directory: directory).write() }
    written.withLock { $0[pool.cdiFileName] = .some(spec == nil ? nil : FileStamp(path)) }
  }

  /// Whether the pool's file is unchanged since it was written.
  func isThere(of pool: ResourcePool) -> Bool {
    guard let stamp = written.withLock({ $0[pool.cdiFileName] }) else { return false }
    return stamp == nil || stamp == FileStamp("\(directory)/\(pool.cdiFileName)")
  }
}
