import KubeletState

/// Records which units have which kernel devices, so that an answer of the UBS engine can be checked before a container
/// gets the devices.
struct KernelDeviceClaims: Sendable, Equatable {
  /// A description of each device's holder, for messages.
  private var holders: [DevicePath: String] = [:]

  init() {}

  /// Records the devices of a holder; a device that has a holder keeps it.
  mutating func add(_ devices: [DevicePath], of holder: String) {
    for device in devices { holders[device] = holders[device] ?? holder }
  }

  /// Adds what containers have by kubelet's checkpoint.
  ///
  /// Entries with one of `ids` are left out: a container that is given a unit takes its devices over. `isHeld` says
  /// whether a pod still has a unit of a resource; kubelet's checkpoint has pods that ended a while longer. `described`
  /// gives the devices of a unit whose answer names none, as with CDI.
  mutating func add(
    _ checkpoint: KubeletCheckpoint, leavingOut ids: Set<String>, isHeld: (_ resource: String, _ id: String) -> Bool,
    described: (_ id: String) -> [DevicePath]
  ) {
    for entry in checkpoint.entries where ids.isDisjoint(with: entry.ids) {
      let held = entry.ids.filter { isHeld(entry.resource, $0) }.sorted()
      guard !held.isEmpty, var devices = try? entry.devices() else { continue }
      if devices.isEmpty { devices = held.flatMap(described) }
      add(devices, of: "pod \(entry.podUID) as \(held.joined(separator: ", "))")
    }
  }

  /// Checks the devices that the engine names for the unit `id`. `reserved` is the kernel name of the host's own
  /// bonding device.
  ///
  /// - Throws: `unusableAnswer` unless each device is free, exists on this host, is named once and is not reserved.
  func check(
    _ devices: [DevicePath], of id: String, reserved: String, exists: (DevicePath) -> Bool
  ) throws(UnifiedBusError) {
    for (index, device) in devices.enumerated() {
      let fault: AnswerFault? =
        if device.kernelName == reserved {
          .reserved
        } else if devices[..<index].contains(device) {
          .repeated
        } else if let holder = holders[device] {
          .held(by: holder)
        } else {
          exists(device) ? nil : .missing
        }
      if let fault { throw .unusableAnswer(id: id, device: device.path, fault: fault) }
    }
  }
}
