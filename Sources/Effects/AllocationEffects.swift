public import EventLoop
public import HostInventory
public import Logging
public import ResourcePools

/// Does what an allocation asks for before its answer goes out: what takes its time, then the files, all of them or,
/// undone in reverse, none.
public struct AllocationEffects: Sendable {
  /// Where Multus looks: `/var/run/k8s.cni.cncf.io/devinfo/dp`.
  let deviceInfoDirectory: String
  /// `/var/run/cdi`; nil: no CDI.
  let cdiDirectory: String?
  let reset: FunctionReset
  let rsdGroups: RSDGroups

  public init(deviceInfoDirectory: String, cdiDirectory: String?, reset: FunctionReset, rsdGroups: RSDGroups) {
    self.deviceInfoDirectory = deviceInfoDirectory
    self.cdiDirectory = cdiDirectory
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
        case .cdiSpec(let spec):
          if let cdiDirectory { try CDISpecFile(spec, directory: cdiDirectory).write() }
        case .rsdGroup, .reset: break
        }
      } catch {
        for file in done.reversed() { file.remove() }
        throw error
      }
    }
  }

  /// Writes the pool's CDI spec, if it has one and the file does not hold it already.
  public func publish(_ pool: ResourcePool, nodes: HostNodes) throws(FileError) {
    guard let cdiDirectory, let spec = pool.cdiSpec(nodes: nodes) else { return }
    try CDISpecFile(spec, directory: cdiDirectory).write()
  }
}
