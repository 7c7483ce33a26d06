public import HostInventory
public import Linux
public import Logging
public import ResourcePools

/// Performs the effects of an allocation before kubelet is answered. Slow ones are first; then all files are written,
/// or none: after an error the written ones are removed.
public struct AllocationEffects: Sendable {
  /// The directory that Multus reads: `/var/run/k8s.cni.cncf.io/devinfo/dp`.
  let deviceInfoDirectory: String
  /// The specs in `/var/run/cdi`; nil when CDI is off.
  let specs: PublishedSpecs?
  let reset: FunctionReset
  let rsdGroups: RSDGroups

  /// `cdiDirectory` is nil if CDI is off; then `publish` writes nothing.
  public init(deviceInfoDirectory: String, cdiDirectory: String?, reset: FunctionReset, rsdGroups: RSDGroups) {
    self.deviceInfoDirectory = deviceInfoDirectory
    specs = cdiDirectory.map { PublishedSpecs(directory: $0) }
    self.reset = reset
    self.rsdGroups = rsdGroups
  }

  /// Performs the effects of attachments, which may change the answer. `nodes` are the host's current nodes.
  public func prepare(_ allocation: inout Allocation, nodes: HostNodes, log: Logger) async throws(FileError) {
    let context = EffectContext(root: reset.root, reset: reset, rsdGroups: rsdGroups, nodes: nodes, log: log)
    for case .host(let effect) in allocation.effects {
      guard let effect = effect as? any PerformableEffect else {
        throw FileError("perform", "\(effect)", reason: "no file of Effects performs \(type(of: effect))")
      }
      try await effect.perform(for: &allocation, in: context)
    }
  }

  /// Writes the DeviceInfo files of the effects, all of them or none.
  public func write(_ effects: [Allocation.Effect]) throws(FileError) {
    var done: [DeviceInfoFile] = []
    var opened: Descriptor?
    for case .deviceInfo(let info) in effects {
      do {
        if opened == nil { opened = AtomicFile.open(directory: deviceInfoDirectory) }
        let file = DeviceInfoFile(info, directory: deviceInfoDirectory, opened: opened)
        if try file.write() { done.append(file) }
      } catch {
        for file in done.reversed() { file.remove() }
        throw error
      }
    }
  }

  /// Why a pool's CDI spec is written.
  public enum Publication {
    /// The pool's devices have changed, or were never published.
    case anew
    /// No change is known: write the file only if it is missing.
    case ifGone
    /// These devices have changed since the pool was made.
    case seeing([Device])
  }

  /// Writes the pool's CDI spec for container runtimes, if the pool has one.
  public func publish(_ pool: ResourcePool, nodes: HostNodes, _ publication: Publication) throws(FileError) {
    guard let specs else { return }
    switch publication {
    case .anew: try specs.publish(pool, nodes: nodes)
    case .ifGone: if !specs.isThere(of: pool) { try specs.publish(pool, nodes: nodes) }
    case .seeing(let devices):
      try specs.publish(pool, nodes: nodes, seeing: Dictionary(devices.map { ($0.id, $0) }) { first, _ in first })
    }
  }
}
