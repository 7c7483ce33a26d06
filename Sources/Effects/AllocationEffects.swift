public import HostInventory
public import Linux
public import Logging
public import ResourcePools

/// Performs the effects of an allocation before it is answered: slow ones first, then the files, all of them or,
/// undone in reverse, none.
public struct AllocationEffects: Sendable {
  /// Where Multus looks: `/var/run/k8s.cni.cncf.io/devinfo/dp`.
  let deviceInfoDirectory: String
  /// The specs in `/var/run/cdi`; nil when CDI is off.
  let specs: PublishedSpecs?
  let reset: FunctionReset
  let rsdGroups: RSDGroups

  public init(deviceInfoDirectory: String, cdiDirectory: String?, reset: FunctionReset, rsdGroups: RSDGroups) {
    self.deviceInfoDirectory = deviceInfoDirectory
    specs = cdiDirectory.map { PublishedSpecs(directory: $0) }
    self.reset = reset
    self.rsdGroups = rsdGroups
  }

  /// Makes groups of NPUs, which changes the answer, and resets functions. `nodes` are the host's, as they are now.
  public func prepare(_ allocation: inout Allocation, nodes: HostNodes, log: Logger) async throws(FileError) {
    for case .rsdGroup(let npus) in allocation.effects {
      do throws(RSDGroups.Failure) {
        allocation.addGroupNode("/dev/rsd\(try await rsdGroups.group(npus))")
      } catch {
        log.warning(
          "NPUs are not grouped; the container gets group 0",
          metadata: ["npus": "\(npus.joined(separator: ","))", "err": "\(error)"])
        if nodes.has(.rsd0) { allocation.addGroupNode(HostNodes.Node.rsd0.rawValue) }
      }
    }
    for case .reset(let address) in allocation.effects { try await reset.perform(on: address) }
  }

  /// Writes the DeviceInfo files of the effects, all of them or none.
  public func write(_ effects: [Allocation.Effect]) throws(FileError) {
    var done: [DeviceInfoFile] = []
    var opened: Descriptor?
    for effect in effects {
      do {
        switch effect {
        case .deviceInfo(let info):
          if opened == nil { opened = AtomicFile.open(directory: deviceInfoDirectory) }
          let file = DeviceInfoFile(info, directory: deviceInfoDirectory, opened: opened)
          if try file.write() { done.append(file) }
        case .cdiSpec, .rsdGroup, .reset: break
        }
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

  /// Makes sure that the pool's CDI spec, if it has one, is where runtimes look for it.
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
