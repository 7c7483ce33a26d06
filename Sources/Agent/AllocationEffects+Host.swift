import Effects
import HostInventory
import ResourcePools

extension AllocationEffects {
  /// Those of this host.
  init(_ host: Host, cdi: CDIMode, groups: RSDGroups) {
    self.init(
      deviceInfoDirectory: host.deviceInfoDirectory, cdiDirectory: cdi == .off ? nil : host.cdiDirectory,
      reset: FunctionReset(root: host.root), rsdGroups: groups)
  }
}
