import KubeletAPI
import KubeletState

extension KubeletCheckpoint.Entry {
  /// The kernel UB devices that the container was given, in the order in which they are moved: bonding devices follow
  /// the devices they bond. Other nodes of the answer are none of ours.
  func devices() throws(UnifiedBusError) -> [DevicePath] {
    let answer: ContainerAllocateResponse
    do {
      answer = try ContainerAllocateResponse(decoding: allocation)
    } catch {
      throw .kubelet(.checkpoint(path: "AllocResp of pod \(podUID), container \(container)", reason: "\(error)"))
    }
    var devices: [DevicePath] = []
    for node in answer.devices where node.hostPath.utf8.starts(with: "/dev/uburma/".utf8) {
      let device = try DevicePath(node.hostPath)
      if !devices.contains(device) { devices.append(device) }
    }
    return devices.filter { !$0.isBonding } + devices.filter(\.isBonding)
  }
}

extension DeviceHolder {
  /// What the entries' containers were given, each device once.
  func devices() throws(UnifiedBusError) -> [DevicePath] {
    var devices: [DevicePath] = []
    for entry in entries {
      for device in try entry.devices() where !devices.contains(device) { devices.append(device) }
    }
    return devices
  }
}
