import Linux
import Synchronization

/// Remembers which kernel devices this process gave to containers with each unit. kubelet records them only after the
/// last Allocate of a container, and with CDI never.
final class HandedOutDevices: Sendable {
  private struct Handout {
    var devices: [DevicePath]
    /// Kubelet's checkpoint as it was then.
    var checkpoint: FileStamp?
  }

  private let handouts = Mutex<[String: Handout]>([:])

  /// The devices of the unit's last handout; nil when this process has not handed it out.
  subscript(id: String) -> [DevicePath]? { handouts.withLock { $0[id]?.devices } }

  /// Hands `devices` out with the unit `id`, unless the check of all claims throws.
  ///
  /// To `claims` are added the handouts that kubelet has not written down yet: its checkpoint is still the one of
  /// `checkpoint`. Units of `ids` go to the same container and are left out.
  func handOut(
    _ devices: [DevicePath], with id: String, leavingOut ids: Set<String>, claims: KernelDeviceClaims,
    checkpoint: FileStamp?, check: (KernelDeviceClaims) throws(UnifiedBusError) -> Void
  ) throws(UnifiedBusError) {
    try handouts.withLock { handouts throws(UnifiedBusError) in
      var claims = claims
      for (unit, handout) in handouts where !ids.contains(unit) && handout.checkpoint == checkpoint {
        claims.add(handout.devices, of: "the unit \(unit), which was just handed out,")
      }
      try check(claims)
      handouts[id] = Handout(devices: devices, checkpoint: checkpoint)
    }
  }
}
