public import KubeletState

/// Which kernel devices units have: an answer of the UBS engine is checked against it before a container gets it.
public struct KernelDeviceClaims: Sendable, Equatable {
  /// A description of each device's holder, for messages.
  private var holders: [DevicePath: String] = [:]

  public init() {}

  /// The first holder of a device stays its holder.
  public mutating func add(_ devices: [DevicePath], of holder: String) {
    for device in devices { holders[device] = holders[device] ?? holder }
  }

  /// Adds what containers have by kubelet's checkpoint.
  ///
  /// Entries with one of `ids` are left out: a container that is given a unit takes its devices over. `isHeld` says
  /// whether a pod still has a unit of a resource; kubelet's checkpoint has pods that ended a while longer. `described`
  /// gives the devices of a unit whose answer names none, as with CDI.
  public mutating func add(
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

  /// Throws `unusableAnswer` unless each of the devices that the engine names for the unit `id` is free, on this host,
  /// and not `reserved`, which is the kernel name of the host's own bonding device.
  public func check(
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
